// On every page of the phone: what waits is sent, how much waits is shown, and what was fetched for others goes.

import * as outbox from "./outbox.js";
import { inside, asked } from "./safe.js";
import { tidy } from "./packs.js";

const { acts, worker, member } = document.body.dataset;
const words = JSON.parse(document.getElementById("phone-words").textContent);
const EVERY_MS = 30_000;
const HEARD_EVERY_MS = 300_000;
const ALMOST_FULL = 0.9;
const badge = document.getElementById("waiting");

export const say = (template, values) => template.replace(/\{(\w+)\}/g, (_, name) => values[name]);

// The phone as the desk knows it: a number of its own, made once.
export async function device() {
  const held = await inside(["keys"], "readonly", (keys) => asked(keys.get("device")));
  if (held) return held;
  const made = outbox.uuid7();
  await inside(["keys"], "readwrite", (keys) => asked(keys.put(made, "device")));
  return made;
}

async function show(why = "") {
  const { waiting, refused } = await outbox.counts();
  const parts = [];
  if (waiting) parts.push(say(words.waiting, { n: waiting }));
  if (refused) parts.push(say(words.returned, { n: refused }));
  if (why === "login") parts.push(words.login);
  if (!navigator.onLine) parts.push(words.offline);
  badge.textContent = parts.join(" · ");
  badge.hidden = !parts.length;
  badge.classList.toggle("late", Boolean(refused) || why === "login");
  document.body.dataset.waiting = waiting;
  await warnOfSpace().catch(() => null);
}

async function warnOfSpace() {
  const { quota, usage } = (await navigator.storage?.estimate?.()) ?? {};
  const strip = document.getElementById("space");
  strip.hidden = !(quota && usage / quota > ALMOST_FULL);
  if (!strip.hidden) strip.textContent = words.full;
}

export async function flush() {
  await show();
  const why = await outbox.flush(acts);
  await show(why);
  return why;
}

let heardAt = 0;

// Tells the desk that this phone is there and what it still holds: a phone that falls silent is somebody's to call.
async function report() {
  if (!navigator.onLine || Date.now() - heardAt < HEARD_EVERY_MS) return;
  const { waiting } = await outbox.counts();
  const oldest = waiting ? (await outbox.all()).find((one) => !one.refused)?.act.at : null;
  const apart = (await outbox.skew()) ?? 0;
  const args = { device: await device(), waiting, oldest_at: oldest ?? null, skew_seconds: Math.round(apart / 1000) };
  const act = { id: outbox.uuid7(), act: "report_phone", at: (await outbox.now()).toISOString(), device: "phone", args };
  const { why } = await outbox.post(acts, [act]);
  if (!why) heardAt = Date.now();
}

async function round() {
  await flush();
  await report().catch(() => null);
}

if (member) await tidy(member);
if ("serviceWorker" in navigator) await navigator.serviceWorker.register(worker, { scope: "/field/" }).catch(() => null);
navigator.storage?.persist?.();
outbox.listen(() => show());
window.addEventListener("online", round);
window.addEventListener("offline", () => show());
await show();
setInterval(round, EVERY_MS);
document.body.dataset.phone = "ready";
if (member) round();
