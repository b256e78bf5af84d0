// A plan's sliders: the number beside each follows it, and a number left as it is now is not part of the question.
"use strict";

(() => {
  const form = document.getElementById("ask");
  if (!form) return;
  form.classList.add("pl-live");

  function follow(control) {
    const box = control.closest("[data-number]");
    const shown = box?.querySelector("[data-shown]");
    if (shown) shown.textContent = Number(control.value).toLocaleString("en", { maximumFractionDigits: 4 });
    const isChanged = Number(control.value) !== Number(control.dataset.now);
    box?.classList.toggle("pl-changed", isChanged);
    // Numbers that stand as they are follow the county when the link is opened tomorrow.
    if (isChanged) control.name = control.dataset.key;
    else control.removeAttribute("name");
  }

  const controls = Array.from(form.querySelectorAll("[data-key]"));
  controls.forEach(follow);
  form.addEventListener("input", (event) => {
    if (event.target.dataset.key) follow(event.target);
  }, true);
  // On a narrow screen the numbers stand below the answer: its sentence goes along.
  document.addEventListener("htmx:after:swap", () => {
    const said = document.querySelector("#plan .pl-said");
    if (said) form.querySelector("[data-echo]").textContent = said.textContent;
  });
  // Another round brings other numbers for every slider.
  form.querySelector("select[name=round]")?.addEventListener("change", (event) => {
    const there = new URLSearchParams({ round: event.target.value });
    location.assign(`?${there}`);
  });
})();
