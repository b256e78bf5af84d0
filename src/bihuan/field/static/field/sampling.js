// The sampling table: a tube, then person after person, two taps at most. Kept on the phone first, sent when it can be.
// The phone refuses what it can see is wrong; what it cannot see is settled by the tables when they hear of it.

import * as outbox from "./outbox.js";
import { digest, keep, kept } from "./packs.js";
import { PREFIX, subjectOf } from "./passes.js";
import { flush, say } from "./phone.js";
import { watch } from "./scan.js";

const root = document.getElementById("sampling");
const words = JSON.parse(document.getElementById("sampling-words").textContent);
const byId = (id) => document.getElementById(id);
const LAST = 10;
const { zxing, zxingWasm } = root.dataset;
// `state` is what was done at this table on this phone: {tube, tubes: {code: {n, capacity, isOpen, isPacked}}, people: {key: code}, last: []}
let pack = null;
let people = null;
let state = null;
const table = () => byId("choose")?.elements.table.value ?? "";
const stateName = () => `table:${table()}`;
const life = () => ({ member: pack.member, until: pack.wipe_at });

// The digits' own check (GB 11643): a slip of the finger is told before the next person steps up.
function isIdNumber(text) {
  if (!/^\d{17}[\dX]$/.test(text)) return false;
  const sum = [...text.slice(0, 17)].reduce((s, d, i) => s + Number(d) * (2 ** (17 - i) % 11), 0);
  return "10X98765432"[sum % 11] === text[17];
}

const plain = (text) => text.normalize("NFKC").replace(/\s+/g, "").toUpperCase();

function tell(text, isBad = false) {
  const line = byId("said");
  line.textContent = text;
  line.hidden = !text;
  line.classList.toggle("late", isBad);
  if (isBad) navigator.vibrate?.(200);
}

function index(list) {
  const found = { byNumber: new Map(), byName: new Map(), bySubject: new Map() };
  for (const [id, name, tail, number, nameDigest, subjects, isDone] of list) {
    const one = { id, name, tail, isDone };
    if (number) found.byNumber.set(number, one);
    found.byName.set(nameDigest, [...(found.byName.get(nameDigest) ?? []), one]);
    for (const subject of subjects) found.bySubject.set(subject, one);
  }
  return found;
}

function fresh() {
  const tubes = Object.fromEntries(
    pack.tubes.map((t) => [t.code, { n: t.swabs, capacity: t.capacity, isOpen: t.is_open, isPacked: false }]),
  );
  return { tube: "", tubes, people: {}, last: [], count: 0 };
}

async function load() {
  const name = `list:${table()}`;
  pack = null;
  try {
    const response = await fetch(`${root.dataset.pack}${table()}/pack.json`, { cache: "no-store" });
    if (response.ok && !response.redirected) {
      pack = await response.json();
      await keep(name, pack, life());
    }
  } catch {
    // no network: what was fetched goes on counting
  }
  pack ??= await kept(name);
  if (!pack) {
    tell(words.never, true);
    return;
  }
  people = index(pack.people);
  state = (await kept(stateName())) ?? fresh();
  for (const [code, tube] of Object.entries(fresh().tubes)) state.tubes[code] ??= tube;
  show();
  byId(state.tube ? "who" : "tube").focus();
}

function show() {
  const tube = state.tubes[state.tube];
  const strip = byId("standing");
  strip.hidden = false;
  strip.textContent = say(words.standing, { n: pack.people.length, time: new Date(pack.as_of).toLocaleTimeString() });
  byId("tube").value = state.tube;
  byId("tube-line").hidden = byId("who-line").hidden = byId("close-tube").hidden = !tube?.isOpen;
  byId("buttons").hidden = false;
  if (tube) byId("tube-line").textContent = say(words.tube, { code: state.tube, n: tube.n, of: tube.capacity });
  byId("count-line").textContent = say(words.count, { n: state.count });
  byId("last").replaceChildren(
    ...state.last.map((one) => {
      const item = document.createElement("li");
      item.className = "line";
      const words_ = document.createElement("b");
      words_.textContent = one.name;
      const where = document.createElement("small");
      where.textContent = `${one.tail} · ${one.tube}`;
      const button = document.createElement("button");
      button.className = "button";
      button.textContent = words.undo;
      button.disabled = !state.tubes[one.tube]?.isOpen;
      button.addEventListener("click", () => undo(one));
      item.append(words_, where, button);
      return item;
    }),
  );
  const closed = Object.entries(state.tubes).filter(([, t]) => !t.isOpen && !t.isPacked && t.n);
  byId("closed-line").textContent = say(words.closed, { n: closed.length, codes: closed.map(([code]) => code).join("、") });
}

const saved = (next) => [stateName(), next, life()];

// One act with what the table remembers of it, on the disk together; only then does the page say so.
async function perform(verb, args, next, id = outbox.uuid7()) {
  try {
    await outbox.put({ id, act: verb, device: "phone", args }, saved(next));
  } catch (fault) {
    console.error(fault);
    tell(words.not_kept, true);
    return false;
  }
  state = next;
  show();
  flush();
  return true;
}

async function takeTube(text) {
  const code = plain(text);
  if (!code) return;
  const held = state.tubes[code];
  if (held && !held.isOpen) {
    tell(say(words.tube_closed, { code }), true);
    byId("tube").value = "";
    return;
  }
  const tubes = { ...state.tubes, [code]: held ?? { n: 0, capacity: pack.pool_size, isOpen: true, isPacked: false } };
  state = { ...state, tube: code, tubes };
  await keep(...saved(state));
  tell("");
  show();
  byId("who").focus();
}

// Who is meant by what was scanned or typed: one person of the list, several to choose from, or somebody not on it.
async function find(text) {
  if (text.startsWith(PREFIX)) {
    const one = people.bySubject.get(subjectOf(text));
    return one ? { one } : { fault: words.pass_unknown };
  }
  const value = plain(text);
  const key = await digest(pack.salt, value);
  const one = people.byNumber.get(key);
  if (one) return { one };
  const several = people.byName.get(key);
  if (several) return { several };
  if (/\d{6,}/.test(value)) {
    if (/^\d{17}[\dX]$/.test(value) && !isIdNumber(value)) return { fault: words.bad_number };
    return { stranger: value };
  }
  return { fault: words.nobody };
}

async function draw(key, args, name, tail) {
  const tube = state.tubes[state.tube];
  if (!tube?.isOpen) return tell(words.no_tube, true);
  if (!pack.is_standing && state.people[key]) return tell(say(words.twice, { name, tube: state.people[key] }), true);
  const id = outbox.uuid7();
  const n = tube.n + 1;
  const isFull = n >= tube.capacity;
  const next = {
    ...state,
    tubes: { ...state.tubes, [state.tube]: { ...tube, n } },
    people: { ...state.people, [key]: state.tube },
    last: [{ id, key, name, tail, tube: state.tube }, ...state.last].slice(0, LAST),
    count: state.count + 1,
  };
  const given = { session: pack.id, tube: state.tube, ...args };
  if (!(await perform("draw_swab", given, next, id))) return null;
  tell(say(words.kept, { name }));
  hideAsides();
  byId("who").value = "";
  byId("who").focus();
  if (isFull) await closeTube(true);
  return null;
}

async function closeTube(isFull = false) {
  const code = state.tube;
  const tube = state.tubes[code];
  if (!tube?.n) return;
  const next = { ...state, tube: "", tubes: { ...state.tubes, [code]: { ...tube, isOpen: false } } };
  if (await perform("close_tube", { tube: code, swabs: tube.n }, next)) {
    tell(say(isFull ? words.full : words.sealed, { code, n: tube.n }));
    byId("tube").value = "";
    byId("tube").focus();
  }
}

async function undo(one) {
  const tube = state.tubes[one.tube];
  const others = { ...state.people };
  delete others[one.key];
  const next = {
    ...state,
    tubes: { ...state.tubes, [one.tube]: { ...tube, n: tube.n - 1 } },
    people: others,
    last: state.last.filter((other) => other.id !== one.id),
    count: state.count - 1,
  };
  if (await outbox.takeBack(one.id, saved(next))) {
    state = next; // nobody had heard of it
    show();
    flush();
  } else await perform("undo_swab", { swab: one.id }, next);
  tell(say(words.undone, { name: one.name }));
}

function hideAsides() {
  byId("candidates").hidden = byId("off-list").hidden = true;
}

async function take(text) {
  if (!text.trim()) return;
  hideAsides();
  byId("who").select(); // what a scanner types next takes the place of what was refused
  const found = await find(text);
  if (found.fault) return tell(found.fault, true);
  if (found.one) return meet(found.one);
  if (found.several) return choose(found.several);
  byId("off-list").hidden = false;
  byId("off-list-line").textContent = say(words.off_list, { tail: found.stranger.slice(-4) });
  byId("off-list").dataset.number = found.stranger;
  byId("off-name").focus();
  return null;
}

function meet(one) {
  if (one.isDone && !pack.is_standing) return tell(say(words.done_before, { name: one.name }), true);
  return draw(one.id, { person: one.id }, one.name, one.tail);
}

function choose(several) {
  const list = byId("candidates");
  list.hidden = false;
  list.replaceChildren(
    ...several.map((one) => {
      const item = document.createElement("li");
      const button = document.createElement("button");
      button.className = "button";
      button.type = "button";
      button.textContent = say(words.one_of, { name: one.name, tail: one.tail });
      button.addEventListener("click", () => meet(one));
      item.append(button);
      return item;
    }),
  );
}

async function scanned(text) {
  const isPerson = text.startsWith(PREFIX) || isIdNumber(plain(text));
  if (isPerson || (state.tube && state.tubes[state.tube]?.isOpen && (await find(text)).one)) await take(text);
  else await takeTube(text);
}

if (byId("choose")) {
  for (const one of document.querySelectorAll(".plain-form")) one.hidden = true;
  byId("draw").addEventListener("submit", (event) => {
    event.preventDefault();
    const active = document.activeElement;
    if (active === byId("who")) take(byId("who").value);
    else takeTube(byId("tube").value);
  });
  byId("tube").addEventListener("change", () => {
    if (plain(byId("tube").value) !== state?.tube) takeTube(byId("tube").value);
  });
  byId("choose").elements.table.addEventListener("change", load);
  byId("close-tube").addEventListener("click", () => closeTube());
  byId("off-keep").addEventListener("click", () => {
    const name = byId("off-name").value.trim();
    const number = byId("off-list").dataset.number;
    if (!name) return byId("off-name").focus();
    const kind = isIdNumber(number) ? "resident_identity_card" : "other";
    const who = { row_number: 1, name, id_number: number, id_kind: kind };
    byId("off-name").value = "";
    return draw(number, { who }, `${name[0]}${"*".repeat(Math.max(1, name.length - 1))}`, number.slice(-4));
  });
  byId("off-name").addEventListener("keydown", (event) => {
    if (event.key === "Enter") byId("off-keep").click();
  });
  byId("pack-box").addEventListener("click", async () => {
    const box = plain(byId("box").value);
    const closed = Object.entries(state.tubes).filter(([, t]) => !t.isOpen && !t.isPacked && t.n);
    if (!box || !closed.length) return tell(words.nothing_to_pack, true);
    const tubes = { ...state.tubes };
    for (const [code, tube] of closed) tubes[code] = { ...tube, isPacked: true };
    const args = { session: pack.id, box, tubes: closed.map(([code]) => code) };
    if (await perform("pack_box", args, { ...state, tubes })) {
      byId("box").value = "";
      tell(say(words.packed, { box, n: closed.length }));
    }
    return null;
  });
  let stopping = null;
  byId("scan").hidden = !navigator.mediaDevices?.getUserMedia;
  byId("scan").addEventListener("click", async () => {
    if (stopping) {
      stopping.abort();
      return;
    }
    stopping = new AbortController();
    try {
      await watch(byId("camera"), scanned, { zxing, zxingWasm }, stopping.signal);
    } catch (fault) {
      console.warn(fault);
      tell(words.no_camera, true);
    }
    stopping = null;
  });
  await load();
}
root.dataset.ready = "yes";
