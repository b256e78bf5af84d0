// Today's tasks drawn from what was fetched: sections of lines, questions at each. What is answered is kept, then sent.

import * as outbox from "./outbox.js";
import { keep, kept } from "./packs.js";
import { flush, say } from "./phone.js";

const root = document.getElementById("tasks");
const words = JSON.parse(document.getElementById("tasks-words").textContent);
const byId = (id) => document.getElementById(id);
const NAME = "tasks";
const DONE = "tasks:done";
const MOST_PHOTO_BYTES = 4 * 2 ** 20;
let pack = null;
let done = new Set(); // lines answered on this phone since the pack was fetched

const made = (tag, { text = "", ...rest } = {}, ...inside) => {
  const element = Object.assign(document.createElement(tag), rest);
  if (text) element.textContent = text;
  element.append(...inside);
  return element;
};

function tell(text, isBad = false) {
  const line = byId("said");
  line.textContent = text;
  line.hidden = !text;
  line.classList.toggle("late", isBad);
}

const life = () => ({ member: pack.member, until: pack.wipe_at });

async function load() {
  try {
    const response = await fetch(root.dataset.pack, { cache: "no-store" });
    if (response.ok && !response.redirected) {
      const fresh = await response.json();
      // What still waits to be sent is not in the fresh list's knowledge: it stays done.
      const waiting = (await outbox.all()).map((one) => one.act.args);
      const held = new Set(waiting.flatMap((args) => [args.row, args.stay, args.stop, args.task, args.order].filter(Boolean)));
      pack = fresh;
      await keep(NAME, pack, life());
      done = held;
      await keep(DONE, [...held], life());
    }
  } catch {
    // no network: what was fetched goes on counting
  }
  pack ??= await kept(NAME);
  if (!pack) {
    tell(words.never, true);
    return;
  }
  done = new Set((await kept(DONE)) ?? []);
  show();
}

function show() {
  const strip = byId("standing");
  const clock = (at) => new Date(at).toLocaleString([], { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit" });
  strip.hidden = false;
  strip.textContent = say(words.fetched, { time: clock(pack.as_of), until: clock(pack.wipe_at) });
  const sections = pack.sections.map((section) => {
    const rows = section.rows.filter((row) => !done.has(row.id));
    const items = rows.map((row) => {
      const head = made("summary", {}, made("b", { text: row.title }), made("span", { text: ` ${row.where}` }));
      const late = row.due_at && Date.parse(row.due_at) <= Date.now();
      if (row.due_at) head.append(made("small", { text: ` ${say(words.due, { time: clock(row.due_at) })}`, className: late ? "late" : "" }));
      const box = made("details", {}, head);
      box.dataset.row = row.id;
      // Drawn when opened: a day of three hundred lines is not three hundred forms.
      box.addEventListener("toggle", () => box.open && box.children.length === 1 && box.append(draw(section, row)));
      return box;
    });
    return rows.length ? [made("h2", { text: `${section.title} ${rows.length}` }), ...items] : [];
  });
  byId("sections").replaceChildren(...sections.flat());
  if (!byId("sections").children.length) byId("sections").append(made("p", { className: "empty", text: words.nothing }));
}

const labelled = (text, isRequired, field) =>
  made("label", {}, made("span", {}, text, isRequired ? made("i", { text: " *" }) : ""), field);

const options = (pairs) => [["", ""], ...pairs].map(([value, text]) => made("option", { value, text }));

function question({ name, kind, label, is_required: isRequired, choices }) {
  if (kind === "note") return labelled(label, isRequired, made("textarea", { name, rows: 3, required: isRequired }));
  if (kind === "choice") return labelled(label, isRequired, made("select", { name, required: isRequired }, ...options(choices)));
  if (kind === "yes_no") {
    const pairs = [["yes", words.yes], ["no", words.no]];
    return labelled(label, isRequired, made("select", { name, required: isRequired }, ...options(pairs)));
  }
  const type = { number: "number", date: "date" }[kind] ?? "text";
  return labelled(label, isRequired, made("input", { name, type, required: isRequired, ...(type === "number" ? { step: "any" } : {}) }));
}

const filled = (form) =>
  Object.fromEntries([...new FormData(form)].filter(([, value]) => typeof value === "string" && value.trim()));

// One empty place for a photo more, as long as more are taken. desk/photo.js makes each small as it is chosen.
function photoPlaces({ photos: most = 0 }) {
  if (!most) return [];
  const box = made("div", { className: "photos" });
  const another = () => {
    const input = made("input", { type: "file", name: "photo", accept: "image/jpeg,image/png" });
    input.setAttribute("capture", "environment");
    input.addEventListener("change", () => {
      const inputs = [...box.querySelectorAll("input")];
      if (inputs.length < most && inputs.every((one) => one.files.length)) another();
    });
    box.append(inputs().length ? input : labelled(say(words.photo, { n: most }), false, input));
  };
  const inputs = () => box.querySelectorAll("input");
  another();
  return [box];
}

const chosen = (form) => [...(form?.querySelectorAll("input[name=photo]") ?? [])].map((input) => input.files[0]).filter(Boolean);

async function photoActs(files, about) {
  const entries = [];
  for (const file of files) {
    const args = { subject: `visit:${about}`, kind: "evidence" };
    entries.push({ act: { id: outbox.uuid7(), act: "add_proof", device: "phone", args }, photo: await file.arrayBuffer() });
  }
  return entries;
}

async function perform(section, row, args, form) {
  if (form && !form.reportValidity()) return;
  const given = { ...section.fixed, ...row.given, [section.subject]: row.id, ...args };
  const next = new Set([...done, row.id]);
  const files = chosen(form);
  if (files.some((file) => file.size > MOST_PHOTO_BYTES)) {
    tell(words.photo_too_big, true);
    return;
  }
  try {
    const id = outbox.uuid7();
    const act = { id, act: section.act, device: "phone", args: given };
    await outbox.put(act, [DONE, [...next], life()], await photoActs(files, id));
  } catch (fault) {
    console.error(fault);
    tell(files.length ? words.not_kept_photos : words.not_kept, true);
    return;
  }
  done = next;
  tell(say(files.length ? words.kept_with : words.kept, { title: row.title, n: files.length }));
  show();
  flush();
}

function draw(section, row) {
  if (section.outcomes) return drawVisit(section, row);
  if (section.symptoms) return drawCheck(section, row);
  if (section.questions) return drawForm(section, row);
  return drawChecklist(section, row);
}

function drawVisit(section, row) {
  const box = made("div", {}, row.note ? made("p", { className: "hint", text: row.note }) : "");
  const choices = made("div", { className: "choices" });
  const form = made("form");
  for (const outcome of section.outcomes) {
    const button = made("button", { type: "button", className: "button", text: outcome.words });
    button.addEventListener("click", () => {
      for (const other of choices.children) other.classList.toggle("main", other === button);
      const later = new Date(Date.now() + section.again_hours * 3_600_000);
      later.setMinutes(later.getMinutes() - later.getTimezoneOffset());
      const again = outcome.key === "revisit"
        ? [labelled(words.again_at, false, made("input", { name: "_again", type: "datetime-local", value: later.toISOString().slice(0, 16) }))]
        : [];
      form.replaceChildren(...outcome.questions.map(question), ...again, ...photoPlaces(section), made("button", { className: "main", text: words.send }));
      form.onsubmit = (event) => {
        event.preventDefault();
        const { _again: at, ...answers } = filled(form);
        const revisit = at ? { revisit_at: new Date(at).toISOString() } : {};
        perform(section, row, { outcome: outcome.key, answers, ...revisit }, form);
      };
    });
    choices.append(button);
  }
  box.append(choices, form);
  return box;
}

function drawForm(section, row) {
  const form = made("form", {}, ...section.questions.map(question), ...photoPlaces(section), made("button", { className: "main", text: words.send }));
  form.onsubmit = (event) => {
    event.preventDefault();
    perform(section, row, { answers: filled(form) }, form);
  };
  return form;
}

function drawCheck(section, row) {
  const form = made("form", {}, labelled(words.celsius, false, made("input", { name: "celsius", inputMode: "decimal", placeholder: "36.5" })));
  const read = () => {
    const celsius = Number.parseFloat(String(new FormData(form).get("celsius")).replace(",", "."));
    return Number.isNaN(celsius) ? {} : { celsius };
  };
  const well = made("button", { type: "button", className: "main", text: words.well });
  well.addEventListener("click", () => perform(section, row, { ...read(), symptoms: [] }, form));
  const ticks = section.symptoms.map(([value, text]) =>
    made("label", { className: "button" }, made("span", {}, made("input", { type: "checkbox", name: "symptoms", value }), ` ${text}`)),
  );
  const unwell = made("button", { type: "button", className: "main alarm", text: words.unwell });
  unwell.addEventListener("click", () => perform(section, row, { ...read(), symptoms: new FormData(form).getAll("symptoms") }, form));
  form.append(well, made("div", { className: "choices" }, ...ticks), unwell);
  form.onsubmit = (event) => event.preventDefault();
  return form;
}

function drawChecklist(section, row) {
  const form = made("form");
  for (const item of section.items) {
    const line = made("fieldset", { className: "line" }, made("legend", { text: item.label + (item.is_must ? " *" : "") }));
    if (item.kind === "yes_no") {
      const answers = [["yes", words.yes], ["no", words.no], ["na", words.na]].map(([value, text]) =>
        made("label", {}, made("input", { type: "radio", name: item.name, value }), ` ${text}`),
      );
      line.append(made("div", { className: "answers" }, ...answers));
    } else line.append(made("input", { name: item.name, inputMode: item.kind === "number" ? "decimal" : "text" }));
    line.append(made("input", { className: "note", name: `${item.name}.note`, placeholder: words.note }));
    form.append(line);
  }
  form.append(...photoPlaces(section), made("button", { className: "main", text: words.send }));
  form.onsubmit = (event) => {
    event.preventDefault();
    const said = filled(form);
    const answers = {};
    for (const { name } of section.items) {
      if (said[name]) answers[name] = { answer: said[name], note: said[`${name}.note`] ?? "" };
    }
    perform(section, row, { answers }, form);
  };
  return form;
}

await load();
window.addEventListener("online", load);
root.dataset.ready = "yes";
