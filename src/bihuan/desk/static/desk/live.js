// Something changed on the server: say so once, and let the page ask for its own numbers.
(() => {
  if (!window.EventSource || !document.querySelector("[data-live]")) return;
  const source = new EventSource("/live");
  source.addEventListener("changed", () => document.body.dispatchEvent(new CustomEvent("changed")));
  addEventListener("pagehide", () => source.close());
})();
