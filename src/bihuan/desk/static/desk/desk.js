// The desk's own behaviour. Every page reads and every form sends without it.
"use strict";

const words = document.getElementById("words")?.dataset ?? {};
const find = (selector, from = document) => from.querySelector(selector);
const all = (selector, from = document) => Array.from(from.querySelectorAll(selector));
const fill = (text, values) => (text ?? "").replace(/\{(\w+)\}/g, (_, name) => values[name]);

// --- clocks: the server says what time it is; a page that looks back stands still -----------------
const asOf = find('meta[name="as-of"]');
const offsetMs = asOf ? Date.parse(asOf.content) - Date.now() : 0;
const isPast = asOf?.hasAttribute("data-past") ?? false;

function span(minutes) {
  const h = Math.floor(minutes / 60);
  const m = minutes % 60;
  if (h >= 24) return fill(words.days, { d: Math.floor(h / 24), h: h % 24 });
  return h ? fill(words.hours, { h, m: String(m).padStart(2, "0") }) : fill(words.minutes, { m });
}

function tick() {
  const now = Date.now() + offsetMs;
  for (const clock of all("[data-clock]")) {
    const due = Date.parse(find("[data-due]", clock).dateTime);
    const risk = clock.dataset.risk ? Date.parse(clock.dataset.risk) : Infinity;
    const state = now > due ? "late" : now >= risk ? "at_risk" : "on_time";
    const minutes = now > due ? Math.ceil((now - due) / 60000) : Math.floor((due - now) / 60000);
    const left = fill(now > due ? words.over : words.left, { t: span(minutes) });
    if (find("[data-left]", clock).textContent !== left) find("[data-left]", clock).textContent = left;
    if (!clock.classList.contains(`bh-clock-${state}`)) {
      clock.className = `bh-clock bh-clock-${state}`;
      find("[data-state]", clock).textContent = words[{ on_time: "onTime", at_risk: "atRisk", late: "late" }[state]];
    }
  }
}
if (!isPast) setInterval(tick, 5000);

// --- words that appear and go ---------------------------------------------------------------------
function say(text, kind = "info") {
  const toast = document.createElement("div");
  toast.className = `bh-message bh-message-${kind}`;
  const line = document.createElement("span");
  line.textContent = text;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "bh-message-close";
  close.setAttribute("aria-label", words.close);
  close.dataset.close = "";
  close.textContent = "×";
  toast.append(line, close);
  document.getElementById("toasts").append(toast);
  if (kind !== "error") setTimeout(() => toast.remove(), 6000);
}

// --- looking at a masked value ---------------------------------------------------------------------
const reveal = document.getElementById("reveal");
let revealed = null;

function openReveal(link) {
  revealed = link.closest(".bh-masked");
  const form = find("form", reveal);
  form.reset();
  form.action = link.href;
  find("[data-fault]", form).hidden = true;
  reveal.showModal();
}

async function sendReveal(form) {
  const answer = await fetch(form.action, {
    method: "POST",
    body: new FormData(form),
    headers: { "HX-Request": "true" },
  }).catch(() => null);
  if (!answer?.ok) {
    find("[data-fault]", form).hidden = false;
    return;
  }
  const holder = document.createElement("template");
  holder.innerHTML = await answer.text();
  const shown = holder.content.firstElementChild;
  revealed.replaceWith(shown);
  reveal.close();
  shown.focus();
}

// --- asking before an act that cannot be taken back ---------------------------------------------------
const confirmBox = document.getElementById("confirm");
let asked = null;

function ask(form, button, question) {
  asked = { form, button };
  find("[data-question]", confirmBox).textContent = question;
  confirmBox.showModal();
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.matches("[data-reveal-form]")) {
    event.preventDefault();
    sendReveal(form);
    return;
  }
  const question = event.submitter?.dataset.confirm ?? form.dataset.confirm;
  if (question && asked?.form !== form) {
    event.preventDefault();
    ask(form, event.submitter, question);
    return;
  }
  asked = null;
});

document.addEventListener("click", (event) => {
  const at = (selector) => event.target.closest(selector);
  if (at("[data-reveal]")) {
    event.preventDefault();
    openReveal(at("[data-reveal]"));
  } else if (at("[data-close]")) {
    at(".bh-message").remove();
  } else if (at("[data-dismiss]")) {
    at("dialog").close();
  } else if (at("[data-yes]")) {
    const { form, button } = asked;
    confirmBox.close();
    form.requestSubmit(button);
  } else if (at("[data-open]")) {
    document.getElementById(at("[data-open]").dataset.open).showModal();
  } else if (at("[data-theme-switch]")) {
    const page = document.documentElement;
    const next = { auto: "light", light: "dark", dark: "auto" }[page.dataset.theme] ?? "auto";
    page.dataset.theme = next;
    document.cookie = `theme=${next};path=/;max-age=31536000;samesite=lax`;
    dispatchEvent(new Event("bh:theme"));
  }
  for (const open of all("details.bh-pop[open]")) if (!open.contains(event.target)) open.open = false;
});
confirmBox?.addEventListener("close", () => setTimeout(() => (asked = null)));

// --- picked rows ----------------------------------------------------------------------------------------
function countPicked() {
  for (const bar of all("[data-bulk]")) {
    const n = all('input[name="pick"]:checked', bar.closest("form")).length;
    bar.hidden = n === 0;
    find("[data-picked]", bar).textContent = fill(words.picked, { n });
  }
}
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-pick-all]")) {
    for (const box of all('input[name="pick"]', event.target.closest("form"))) box.checked = event.target.checked;
  }
  if (event.target.matches('[data-pick-all], input[name="pick"]')) countPicked();
});
countPicked();

// --- keys ------------------------------------------------------------------------------------------------
let went = 0;
function move(step) {
  const rows = all(".bh-rows tbody tr");
  const now = rows.findIndex((row) => row.classList.contains("bh-row-here"));
  const next = rows[Math.min(rows.length - 1, Math.max(0, now + step))];
  rows[now]?.classList.remove("bh-row-here");
  next?.classList.add("bh-row-here");
  next?.scrollIntoView({ block: "nearest" });
}
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") for (const open of all("details.bh-pop[open]")) open.open = false;
  const isTyping = event.target.matches("input:not([type=checkbox]):not([type=radio]), textarea, select");
  if (isTyping || event.ctrlKey || event.metaKey || event.altKey || find("dialog[open]")) return;
  const here = find(".bh-row-here");
  if (went && Date.now() - went < 1500) {
    went = 0;
    const target = find(`[data-go="${CSS.escape(event.key)}"]`);
    if (target) location.assign(target.href);
  } else if (event.key === "g") went = Date.now();
  else if (event.key === "?") document.getElementById("keys").showModal();
  else if (event.key === "/" && find("#search")) {
    event.preventDefault();
    find("#search").focus();
  } else if (event.key === "j") move(1);
  else if (event.key === "k") move(-1);
  else if (event.key === "x" && here) find('input[name="pick"]', here)?.click();
  else if (event.key === "Enter" && here?.dataset.href && event.target === document.body) location.assign(here.dataset.href);
});

// --- what arrives later ------------------------------------------------------------------------------------
document.addEventListener("htmx:after:swap", () => {
  countPicked();
  if (!isPast) tick();
});
document.addEventListener("htmx:error", () => say(words.failed, "error"));
addEventListener("offline", () => say(words.offline, "warning"));
addEventListener("online", () => say(words.online, "success"));
