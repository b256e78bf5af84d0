// The post's page on the phone: verifies without a network, answers by the same rules as the server, keeps acts until
// they can be sent. Nothing is kept of people who pass clear but a count.

import { answer, gravest } from "./landing.js";
import * as outbox from "./outbox.js";
import { importKeys, PREFIX, readSlice, Revocations, verifyPass } from "./passes.js";
import { scan } from "./scan.js";

const root = document.getElementById("checkpoint");
const words = JSON.parse(document.getElementById("checkpoint-words").textContent);
const { pack: packAddress, acts, place, zxing, zxingWasm } = root.dataset;
const KEPT = "bihuan-checkpoint-pack";
const REFRESH_MS = 60_000;
const byId = (id) => document.getElementById(id);
const say = (template, values) => template.replace(/\{(\w+)\}/g, (_, name) => values[name]);
const clock = (seconds) => new Date(seconds * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
const bytes = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (b) => Number.parseInt(b, 16));
const state = { pack: null, keys: new Map(), revocations: null };

async function take(pack) {
  state.keys = await importKeys(pack.keys);
  state.revocations = new Revocations();
  for (const message of pack.slices) state.revocations.add(await readSlice(bytes(message), state.keys));
  state.pack = pack;
}

async function refresh() {
  try {
    const response = await fetch(packAddress, { cache: "no-store", headers: { Accept: "application/json" } });
    if (response.ok && !response.redirected) {
      const pack = await response.json();
      await take(pack);
      localStorage.setItem(KEPT, JSON.stringify(pack)); // keys, digests, areas, rules: nobody stands in it
    }
  } catch {
    // no network: what was fetched last time goes on counting, and its age is shown
  }
  showStanding();
  await flush();
}

function showStanding() {
  const strip = byId("standing");
  const line = byId("network");
  line.hidden = false;
  if (!state.pack) {
    line.textContent = words.never;
    return;
  }
  const { risk, as_of } = state.pack;
  line.textContent = `${navigator.onLine ? "" : `${words.offline} · `}${say(words.fetched, { time: new Date(as_of).toLocaleString() })}`;
  const minutes = risk.checked_at ? Math.floor((Date.now() - Date.parse(risk.checked_at)) / 60_000) : 0;
  const isOld = !risk.id || minutes >= risk.limit_minutes;
  strip.classList.toggle("late", isOld);
  const template = risk.id ? (isOld ? words.old_list : words.list) : words.no_list;
  strip.textContent = say(template, { n: risk.number, hours: Math.floor(minutes / 60) });
}

async function showOutbox(note = "") {
  const list = byId("outbox");
  const rows = await outbox.all();
  const waiting = rows.filter((row) => !row.refused).length;
  const items = rows.filter((row) => row.refused).map((row) => {
    const item = document.createElement("li");
    item.append(say(words.refused, { reason: row.refused }));
    const button = document.createElement("button");
    button.className = "button";
    button.textContent = words.dismiss;
    button.addEventListener("click", () => outbox.drop(row.act.id).then(() => showOutbox()));
    item.append(button);
    return item;
  });
  const text = [note, waiting ? say(words.waiting, { n: waiting }) : ""].filter(Boolean).join(" · ");
  if (text) {
    const item = document.createElement("li");
    item.textContent = text;
    items.unshift(item);
  }
  list.replaceChildren(...items);
}

async function flush(note = "") {
  await outbox.flush(acts);
  await showOutbox(note);
}

async function perform(act, args, note) {
  try {
    await outbox.put({ id: outbox.uuid7(), act, device: "phone", args });
  } catch (fault) {
    console.error(fault);
    await showOutbox(words.not_kept);
    return;
  }
  await flush(navigator.onLine ? note : `${note} · ${words.kept}`);
}

// Answers the question of the form on the phone; exported for the tests through the element itself.
async function decide(code, seenColour, origin, is_starred, is_landing) {
  const verdict = code
    ? await verifyPass(code, { keys: state.keys, at: new Date(), revocations: state.revocations })
    : null;
  const colour = verdict ? (verdict.valid ? verdict.pass.status : "none") : seenColour;
  const area = gravest(state.pack.risk.areas, origin);
  return { verdict, colour, area, said: answer(state.pack.landing, { colour, level: area?.level ?? "", is_starred, is_landing }) };
}

function show({ verdict, colour, area, said }) {
  const box = byId("answer");
  const slot = (name, text) => {
    box.querySelector(`[data-slot=${name}]`).textContent = text;
  };
  box.hidden = false;
  box.className = `answer ${said.action}`;
  box.querySelector("[data-slot=colour]").className = `verdict ${colour}`;
  slot("colour", words.colours[colour] ?? colour);
  const doubt = verdict?.valid && verdict.revocation !== "checked" ? words[verdict.revocation] : "";
  slot("reason", verdict && !verdict.valid ? (words.reasons[verdict.reason] ?? verdict.reason) : doubt);
  const { pass } = verdict ?? {};
  const minutes = pass ? Math.max(0, Math.floor((Date.now() / 1000 - pass.issuedAt) / 60)) : 0;
  slot("issued", pass ? say(words.issued, { time: clock(pass.issuedAt), minutes, until: clock(pass.expiresAt) }) : "");
  slot("area", area ? `${words.levels[area.level]}：${area.name}` : "");
  slot("words", document.documentElement.lang === "en" ? said.en : said.zh);
  slot("tubes", said.tubes.map((n) => (n === 1 ? words.single : say(words.pooled, { n }))).join(" + "));
  byId("clear").hidden = said.action !== "pass";
  byId("stopping").open = said.action !== "pass";
  const form = byId("stop");
  form.elements.colour.value = colour in words.colours ? colour : "none";
  form.elements.level.value = area?.level ?? "";
  form.elements.reason.value = said.reason;
  const decision = [...form.elements.decision.options].some((o) => o.value === said.action) ? said.action : "passed";
  form.elements.decision.value = decision;
  box.scrollIntoView({ block: "nearest" });
}

async function ask() {
  const form = byId("ask");
  const { code, colour, origin, is_starred, is_landing } = form.elements;
  const started = performance.now();
  const decided = await decide(code.value.trim(), colour.value, origin.value, is_starred.checked, is_landing.checked);
  root.dataset.verifiedMs = (performance.now() - started).toFixed(2);
  show(decided);
  const stop = byId("stop").elements;
  stop.origin.value = origin.value;
  stop.is_starred.checked = is_starred.checked;
  stop.is_landing.checked = is_landing.checked;
}

const reset = () => {
  byId("ask").reset();
  byId("stop").reset();
  byId("answer").hidden = true;
  byId("stopping").open = false;
  byId("clear").hidden = false;
};

byId("ask").addEventListener("submit", (event) => {
  if (!state.pack) return; // nothing fetched yet: the server answers
  event.preventDefault();
  ask();
});
byId("clear").addEventListener("submit", (event) => {
  event.preventDefault();
  byId("cleared").textContent = Number(byId("cleared").textContent) + 1;
  reset();
  perform("count_crossings", { place, hour: new Date().toISOString(), clear: 1 }, words.counted);
});
byId("stop").addEventListener("submit", (event) => {
  event.preventDefault();
  const given = Object.fromEntries(new FormData(event.target));
  for (const name of ["csrfmiddlewaretoken", "act", "do"]) delete given[name];
  const args = {
    ...given,
    is_starred: "is_starred" in given,
    is_landing: "is_landing" in given,
    risk_list: state.pack?.risk.id ?? null,
  };
  reset();
  perform("record_stop", args, "");
});

byId("choose")?.addEventListener("change", (event) => event.currentTarget.submit());

let stopping = null;
byId("scan").addEventListener("click", async () => {
  if (stopping) {
    stopping.abort();
    return;
  }
  stopping = new AbortController();
  try {
    const text = await scan(byId("camera"), (found) => found.startsWith(PREFIX), { zxing, zxingWasm }, stopping.signal);
    if (text) {
      byId("ask").elements.code.value = text;
      await ask();
    }
  } catch (fault) {
    console.warn(fault);
    byId("network").textContent = words.no_camera;
  }
  stopping = null;
});

const kept = localStorage.getItem(KEPT);
if (kept) await take(JSON.parse(kept));
byId("scan").hidden = !navigator.mediaDevices?.getUserMedia;
await refresh();
root.dataset.ready = "yes";
setInterval(refresh, REFRESH_MS);
window.addEventListener("online", refresh);
window.addEventListener("offline", showStanding);
