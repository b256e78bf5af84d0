// The investigation page: each field is saved when it is left, bars are moved by hand or key, places are found while one
// listens. Every change is an act with an id of its own: sent again after a broken line, it is done once.
"use strict";

(() => {
  const root = document.getElementById("iv");
  if (!root) return;
  const state = document.getElementById("iv-state");
  const STEP = 10;
  const DAY = 1440;
  const waiting = new Map(); // what is not acknowledged yet, by field: the newest wins, in order
  let sending = false;

  function uuid7() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    let ms = Date.now();
    for (let i = 5; i >= 0; i--) {
      bytes[i] = ms % 256;
      ms = Math.floor(ms / 256);
    }
    bytes[6] = (bytes[6] & 0x0f) | 0x70;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = [...bytes].map((b) => b.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  }

  function tell(kind, words) {
    state.dataset.kind = kind;
    state.textContent = words ?? root.dataset[kind];
  }

  const token = () => document.querySelector("#iv input[name=csrfmiddlewaretoken]").value;

  // --- the queue: one after another, repeated until the server has said yes or no ------------------
  function put(key, url, pairs, { field = null, after = null, refused = null } = {}) {
    waiting.delete(key);
    waiting.set(key, { url, pairs, id: uuid7(), field, after, refused });
    tell("saving");
    send();
  }

  async function send() {
    if (sending) return;
    sending = true;
    while (waiting.size) {
      const [key, entry] = waiting.entries().next().value;
      const body = new URLSearchParams(entry.pairs);
      body.set("act", entry.id);
      const answer = await fetch(entry.url, {
        method: "POST",
        body,
        headers: { "X-Bihuan": "save", "X-CSRFToken": token() },
      }).catch(() => null);
      if (!answer || answer.status >= 500) {
        tell("unsaved");
        await new Promise((wake) => setTimeout(wake, 4000));
        continue; // the same id again: whether it had arrived or not, it is done once
      }
      if (waiting.get(key) === entry) waiting.delete(key);
      if (answer.ok && !answer.redirected) {
        entry.field?.classList.remove("iv-bad");
        if (!waiting.size) paint(await answer.text());
        entry.after?.();
        tell("saved");
      } else {
        const words = answer.status === 422 ? await answer.text() : `${answer.status}`;
        entry.field?.classList.add("iv-bad");
        entry.refused?.();
        tell("unsaved", words);
      }
    }
    sending = false;
  }
  addEventListener("beforeunload", (event) => {
    if (waiting.size) event.preventDefault();
  });

  // --- the panels anew, without taking the cursor or half-typed words away -----------------------
  function paint(html) {
    const holder = document.createElement("template");
    holder.innerHTML = html;
    const here = document.activeElement;
    const mark = here && root.contains(here) ? place(here) : null;
    for (const id of ["iv-panels", "iv-doubts"]) {
      const fresh = holder.content.getElementById(id);
      if (fresh) document.getElementById(id).replaceWith(fresh);
    }
    if (mark && !document.contains(here)) {
      const again = root.querySelector(mark);
      again?.focus({ preventScroll: true });
      if (again && "value" in here && again.value !== here.value && here.dataset.dirty) {
        again.value = here.value;
        again.dataset.dirty = "1";
      }
    }
  }

  function place(element) {
    if (element.dataset.visit) return `[data-visit="${element.dataset.visit}"]`;
    const form = element.getAttribute("form") ?? element.form?.id;
    return element.name && form ? `[name="${element.name}"][form="${form}"]` : null;
  }

  // --- fields ---------------------------------------------------------------------------------------
  function save(field) {
    const form = field.form;
    if (!form?.matches("[data-autosave]") || field.type === "hidden" || "quiet" in field.dataset || !field.name) return;
    delete field.dataset.dirty;
    const group = field.closest("[data-group]");
    const pairs = group
      ? [["symptoms", ""], ...Array.from(group.querySelectorAll(":checked"), (box) => [box.name, box.value])]
      : [[field.name, field.type === "checkbox" ? String(field.checked) : field.value]];
    put(`${form.action}:${field.name}`, form.action, pairs, { field });
  }
  let typing = 0;
  root.addEventListener("change", (event) => save(event.target));
  root.addEventListener("input", (event) => {
    event.target.dataset.dirty = "1";
    if (!event.target.matches("textarea")) return;
    clearTimeout(typing); // long words are saved while they are written
    typing = setTimeout(() => save(event.target), 1500);
  });

  // --- forms that add something --------------------------------------------------------------------
  root.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.matches("[data-add]")) {
      event.preventDefault();
      const pairs = [...new FormData(form)].filter(([name]) => name !== "act" && name !== "csrfmiddlewaretoken");
      put(`${form.action}:${uuid7()}`, form.action, pairs, { after: () => empty(form), field: form });
    } else if (form.matches("[data-autosave]")) {
      event.preventDefault();
      if (event.submitter?.name === "void") {
        const reason = form.querySelector("[name=reason]");
        put(`${form.action}:void`, form.action, [["void", "1"], ["reason", reason.value]], { field: reason });
      }
    }
  });

  function empty(form) {
    const day = form.querySelector("[name=day]")?.value;
    const start = form.querySelector("[name=until_time]")?.value; // the next stay begins where this one ended
    form.reset();
    for (const hidden of form.querySelectorAll(".iv-place input[type=hidden]")) hidden.value = "";
    for (const known of form.querySelectorAll(".iv-known")) known.classList.remove("iv-known");
    if (day) form.querySelector("[name=day]").value = day;
    const first = form.querySelector("[name=from_time]");
    if (first) {
      first.value = start ?? "";
      (start ? form.querySelector("[name=until_time]") : first).focus();
    }
  }

  // --- places by a few letters ------------------------------------------------------------------------
  let asking = 0;
  root.addEventListener("input", (event) => {
    const field = event.target;
    if (!field.matches("[data-lookup]")) return;
    const box = field.parentElement;
    box.querySelector("input[type=hidden]").value = "";
    box.classList.remove("iv-known");
    clearTimeout(asking);
    asking = setTimeout(() => look(field), 180);
  });

  async function look(field) {
    const list = field.parentElement.querySelector(".iv-hits");
    const words = field.value.trim();
    if (!words) return (list.hidden = true);
    const answer = await fetch(`${root.dataset.places}?q=${encodeURIComponent(words)}`).catch(() => null);
    if (!answer?.ok || field.value.trim() !== words) return;
    const { places } = await answer.json();
    list.replaceChildren(
      ...places.map((found) => {
        const line = document.createElement("button");
        line.type = "button";
        line.setAttribute("role", "option");
        line.dataset.id = found.id;
        line.dataset.name = found.name;
        line.textContent = found.name;
        const more = document.createElement("small");
        more.textContent = `${found.kind} · ${found.area}`;
        line.append(more);
        return line;
      }),
    );
    list.hidden = !places.length;
  }

  function choose(line) {
    const box = line.closest(".iv-place");
    box.querySelector("[data-lookup]").value = line.dataset.name;
    box.querySelector("input[type=hidden]").value = line.dataset.id;
    box.classList.add("iv-known");
    box.querySelector(".iv-hits").hidden = true;
  }
  root.addEventListener("click", (event) => {
    const line = event.target.closest(".iv-hits button");
    if (line) choose(line);
  });
  root.addEventListener("keydown", (event) => {
    if (!event.target.matches("[data-lookup]")) return;
    const list = event.target.parentElement.querySelector(".iv-hits");
    if (list.hidden) return;
    const lines = [...list.children];
    const now = lines.findIndex((line) => line.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const next = (now + (event.key === "ArrowDown" ? 1 : -1) + lines.length) % lines.length;
      lines.forEach((line, i) => line.setAttribute("aria-selected", String(i === next)));
    } else if (event.key === "Enter" && now >= 0) {
      event.preventDefault();
      choose(lines[now]);
    } else if (event.key === "Escape") {
      list.hidden = true;
    }
  });
  root.addEventListener("focusout", (event) => {
    if (event.target.matches("[data-lookup]")) {
      setTimeout(() => (event.target.parentElement.querySelector(".iv-hits").hidden = true), 200);
    }
  });

  // --- bars: by hand and by key --------------------------------------------------------------------------
  const clock = (minutes) =>
    `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;

  function moment(day, minutes) {
    if (minutes < DAY) return `${day}T${clock(minutes)}`;
    const next = new Date(`${day}T00:00:00Z`);
    next.setUTCDate(next.getUTCDate() + 1);
    return `${next.toISOString().slice(0, 10)}T${clock(minutes - DAY)}`;
  }

  function draw(bar, start, length) {
    const box = bar.querySelector("svg");
    box.setAttribute("x", `${(100 * start) / DAY}%`);
    box.setAttribute("width", `${(100 * length) / DAY}%`);
    bar.dataset.start = start;
    bar.dataset.length = length;
  }

  function settle(bar, was) {
    const day = bar.closest("[data-day]").dataset.day;
    const [start, length] = [Number(bar.dataset.start), Number(bar.dataset.length)];
    const pairs = [["from_at", moment(day, start)], ["until_at", moment(day, start + length)]];
    put(`${bar.dataset.save}:bar`, bar.dataset.save, pairs, { refused: () => draw(bar, ...was) });
  }

  root.addEventListener("pointerdown", (event) => {
    const bar = event.target.closest?.(".iv-bar[data-whole]");
    if (!bar || event.button) return;
    const strip = bar.closest(".iv-strip").getBoundingClientRect();
    const was = [Number(bar.dataset.start), Number(bar.dataset.length)];
    const own = bar.querySelector("rect").getBoundingClientRect();
    const isEnd = event.clientX > own.right - 8 && own.width > 20;
    const isStart = !isEnd && event.clientX < own.left + 8 && own.width > 20;
    const from = event.clientX;
    bar.classList.add("iv-held");
    bar.setPointerCapture(event.pointerId);
    const move = (now) => {
      const by = Math.round((((now.clientX - from) / strip.width) * DAY) / STEP) * STEP;
      let [start, length] = was;
      if (isEnd) length = Math.max(STEP, Math.min(DAY - start, length + by));
      else if (isStart) [start, length] = [Math.max(0, Math.min(start + length - STEP, start + by)), 0];
      else start = Math.max(0, Math.min(DAY - length, start + by));
      if (isStart) length = was[0] + was[1] - start;
      draw(bar, start, length);
    };
    const drop = () => {
      bar.classList.remove("iv-held");
      bar.removeEventListener("pointermove", move);
      if (Number(bar.dataset.start) !== was[0] || Number(bar.dataset.length) !== was[1]) settle(bar, was);
    };
    bar.addEventListener("pointermove", move);
    bar.addEventListener("pointerup", drop, { once: true });
    bar.addEventListener("pointercancel", () => draw(bar, ...was), { once: true });
  });

  let still = 0;
  root.addEventListener("keydown", (event) => {
    const bar = event.target.closest?.(".iv-bar");
    if (!bar) return;
    const row = document.getElementById(`visit-${bar.dataset.visit}`);
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      row?.querySelector("input")?.focus();
    } else if (event.key === "Delete") {
      event.preventDefault();
      const more = row?.querySelector("details");
      if (more) more.open = true;
      more?.querySelector("[name=reason]")?.focus();
    } else if ((event.key === "ArrowLeft" || event.key === "ArrowRight") && "whole" in bar.dataset) {
      event.preventDefault();
      const was = [Number(bar.dataset.start), Number(bar.dataset.length)];
      const by = event.key === "ArrowLeft" ? -STEP : STEP;
      const start = event.shiftKey ? was[0] : Math.max(0, Math.min(DAY - was[1], was[0] + by));
      const length = event.shiftKey ? Math.max(STEP, Math.min(DAY - was[0], was[1] + by)) : was[1];
      draw(bar, start, length);
      clearTimeout(still); // several presses are one change
      still = setTimeout(() => settle(bar, was), 500);
    }
  });
})();
