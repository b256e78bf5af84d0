// Runs before the first paint: the chosen theme, or the machine's, so that no page flashes.
(() => {
  const page = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const paint = () => {
    const choice = page.dataset.theme;
    page.dataset.bsTheme = choice === "dark" || (choice === "auto" && dark.matches) ? "dark" : "light";
  };
  page.classList.add("bh-has-js");
  paint();
  dark.addEventListener("change", paint);
  addEventListener("bh:theme", paint);
})();
