// Acts that wait for a network: sealed on the phone, sent in their order, each done once however often it is sent.

import { asked, inside, sealed, sealedBytes, unsealed, unsealedBytes } from "./safe.js";

const LOCK = "bihuan-outbox";
const MOST_AT_ONCE = 200;
const PATIENCE_MS = 20_000; // a half-open connection is given up after this; what it carried is sent again
const SLOWEST_BYTES_PER_MS = 8; // photos have the time that a poor line needs for them
const ITERATIONS = 310_000;
const told = new BroadcastChannel("bihuan-outbox"); // other tabs; a channel does not hear itself
const here = new EventTarget();

function tell() {
  told.postMessage("changed");
  here.dispatchEvent(new Event("message"));
}

// A UUIDv7: sortable, made here, so that an act sent twice is done once.
export function uuid7(now = Date.now()) {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  for (let i = 0; i < 6; i += 1) bytes[i] = Math.floor(now / 2 ** (8 * (5 - i))) & 0xff;
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

// How far the phone's clock stands from the server's, as learned when it last answered; null before the first time.
let anchor = null; // {server, monotonic}: while the page lives, the phone's clock may be turned and we go on counting

export async function skew() {
  if (anchor) return anchor.server + performance.now() - anchor.monotonic - Date.now();
  return (await inside(["keys"], "readonly", (keys) => asked(keys.get("skew")))) ?? null;
}

async function learn(server, halfway) {
  anchor = { server: server + performance.now() - halfway, monotonic: performance.now() };
  const apart = await skew();
  await inside(["keys"], "readwrite", (keys) => asked(keys.put(apart, "skew")));
}

// The hour as the server has it, as near as the phone knows.
export const now = async () => new Date(Date.now() + ((await skew()) ?? 0));

// Keeps an act until it is sent. Throws when the phone cannot keep it: then it was not done, and the page must say so.
// `beside` is what the page wants to remember with it, [name, value, {member, until}], written together or not at all.
// `photos` are acts that show what this one found, [{act, photo}]: kept and sent with it.
export const put = (act, beside = null, photos = []) =>
  keep([{ act }, ...photos.map((one) => ({ ...one, after: act.id }))], beside);

async function keep(entries, beside) {
  const known = await skew();
  const now = new Date(Date.now() + (known ?? 0)).toISOString();
  const boxes = [];
  for (const { act, after = "", photo = null } of entries) {
    const box = await sealed({ ...act, at: act.at ?? now });
    const row = { ...box, id: act.id, refused: "", isClockKnown: known !== null, after, photoBytes: photo?.byteLength ?? 0 };
    boxes.push([row, photo && (await sealedBytes(photo))]);
  }
  const also = beside ? await sealed(beside[1]) : null;
  await inside(["acts", "keys", "packs", "photos"], "readwrite", async (acts, keys, packs, shown) => {
    let seq = (await asked(keys.get("seq"))) ?? 0;
    for (const [row, photo] of boxes) {
      seq += 1;
      acts.put({ ...row, seq });
      if (photo) shown.put(photo, row.id);
    }
    keys.put(seq, "seq");
    if (also) {
      const { member, until } = beside[2];
      packs.put({ ...also, member, until: Date.parse(until) }, beside[0]);
    }
  });
  tell();
}

const rows = () => inside(["acts"], "readonly", (acts) => asked(acts.getAll()));

export async function all() {
  const waiting = (await rows()).sort((a, b) => (a.seq ?? 0) - (b.seq ?? 0));
  const opened = waiting.map(async (row) => ({ act: await unsealed(row), refused: row.refused, row }));
  return Promise.all(opened);
}

export async function counts() {
  const found = await rows();
  const refused = found.filter((row) => row.refused).length;
  return { waiting: found.length - refused, refused };
}

const write = (work) => inside(["acts", "photos"], "readwrite", work).then(() => tell());

// An act goes, and the photos that were to go with it.
export const drop = (id) =>
  write(async (acts, photos) => {
    const going = (await asked(acts.getAll())).filter((row) => row.id === id || row.after === id);
    for (const row of going) {
      acts.delete(row.id);
      photos.delete(row.id);
    }
  });

// An act nobody has heard of yet is taken back by never sending it. Answers whether that was still possible.
export const takeBack = (id, beside = null) =>
  locked(async () => {
    const also = beside ? await sealed(beside[1]) : null;
    const isThere = await inside(["acts", "packs"], "readwrite", async (acts, packs) => {
      if (!(await asked(acts.get(id)))) return false;
      acts.delete(id);
      if (also) packs.put({ ...also, member: beside[2].member, until: Date.parse(beside[2].until) }, beside[0]);
      return true;
    });
    if (isThere) tell();
    return isThere;
  });

export const retry = (id) =>
  write(async (acts) => {
    const row = await asked(acts.get(id));
    if (row) acts.put({ ...row, refused: "" });
  });

export function listen(heard) {
  for (const source of [told, here]) source.addEventListener("message", heard);
}

// One tab sends at a time: two would send everything twice, harmless and slow.
const locked = (work) => (navigator.locks ? navigator.locks.request(LOCK, work) : work());

const cookie = (name) => document.cookie.match(new RegExp(`(?:^|; )${name}=([^;]*)`))?.[1] ?? "";

export async function post(address, acts) {
  const began = performance.now();
  const body = JSON.stringify({ acts });
  const response = await fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": cookie("csrftoken") },
    body,
    signal: AbortSignal.timeout(PATIENCE_MS + Math.ceil(body.length / SLOWEST_BYTES_PER_MS)),
  });
  if (response.status === 401 || response.status === 403 || response.redirected) return { why: "login" };
  if (!response.ok) return { why: "busy" };
  const answer = await response.json();
  if (answer.now) await learn(Date.parse(answer.now), (began + performance.now()) / 2);
  return { why: "", answers: answer.acts };
}

async function remember(answers) {
  const refused = new Set(answers.filter((said) => said.status === "refused").map((said) => said.id));
  await write(async (acts, photos) => {
    for (const said of answers) {
      const row = await asked(acts.get(said.id));
      if (!row) continue;
      if (refused.has(row.after)) continue; // its act was not taken: it waits with it
      // «id_taken»: another phone this outbox was handed to has sent it.
      if (said.status !== "refused" || said.code === "id_taken") {
        acts.delete(said.id);
        photos.delete(said.id);
      } else acts.put({ ...row, refused: said.reason });
    }
  });
}

// What goes next: everything without a photo, in its order; then act by act with its photos, so that a poor line
// that cannot carry a picture still carries all the words.
function next(rows) {
  const held = new Map(rows.map((one) => [one.act.id, one]));
  const able = rows.filter((one) => !one.refused && !held.get(one.row.after)?.refused);
  const shown = new Set(able.map((one) => one.row.after).filter(Boolean));
  const plain = able.filter((one) => !one.row.after && !shown.has(one.act.id));
  if (plain.length || !able.length) return plain.slice(0, MOST_AT_ONCE);
  const head = able[0].row.after || able[0].act.id;
  return able.filter((one) => one.act.id === head || one.row.after === head);
}

async function photoOf(row) {
  if (!row.photoBytes) return null;
  return unsealedBytes(await inside(["photos"], "readonly", (photos) => asked(photos.get(row.id))));
}

async function withPhoto({ act, row }) {
  const photo = await photoOf(row);
  return photo ? { ...act, args: { ...act.args, photo: base64(photo) } } : act;
}

async function send(address) {
  for (;;) {
    const waiting = next(await all());
    if (!waiting.length) return "";
    let answer;
    try {
      if (waiting.some((one) => !one.row.isClockKnown)) {
        answer = await post(address, []); // first what hour it is
        if (answer.why) return answer.why;
      }
      const apart = (await skew()) ?? 0;
      const latest = Date.now() + apart;
      const whole = await Promise.all(waiting.map(withPhoto));
      const acts = whole.map((act, n) => {
        const { row } = waiting[n];
        const at = Date.parse(act.at) + (row.isClockKnown ? 0 : apart);
        return { ...act, at: new Date(Math.min(at, latest)).toISOString() };
      });
      answer = await post(address, acts);
    } catch {
      return "offline";
    }
    if (answer.why) return answer.why;
    await remember(answer.answers);
  }
}

// Send what waits. Answers why something still waits: "" nothing does, "offline", "login", "busy". Throws nothing.
export const flush = (address) => locked(() => send(address)).catch(() => "offline");

const base64 = (bytes) => btoa(Array.from(new Uint8Array(bytes), (b) => String.fromCharCode(b)).join(""));
const fromBase64 = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

async function fromWords(passphrase, salt) {
  const words = await crypto.subtle.importKey("raw", new TextEncoder().encode(passphrase), "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations: ITERATIONS };
  return crypto.subtle.deriveKey(how, words, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

const passed = async (bytes, stream) => new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(stream)).arrayBuffer());
const GZIP = [0x1f, 0x8b];

// Sealed with words that both phones are told; without them it says nothing to anybody.
async function sealedWith(passphrase, acts) {
  const plain = new TextEncoder().encode(JSON.stringify(acts));
  const small = "CompressionStream" in window ? await passed(plain, new CompressionStream("gzip")) : plain;
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const box = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await fromWords(passphrase, salt), small);
  return { salt, iv, box: new Uint8Array(box) };
}

async function openedWith(passphrase, { salt, iv, box }) {
  const bytes = new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv }, await fromWords(passphrase, salt), box));
  const isSmall = GZIP.every((byte, n) => bytes[n] === byte);
  const plain = isSmall ? await passed(bytes, new DecompressionStream("gzip")) : bytes;
  return JSON.parse(new TextDecoder().decode(plain));
}

async function takenIn(entries) {
  await keep(entries.map((one) => ({ ...one, photo: one.photo && fromBase64(one.photo) })), null);
  return entries.length;
}

// Everything that waits as one file another phone can take in.
export async function handOver(passphrase) {
  const rows = await all();
  const acts = [];
  for (const { act, row } of rows) {
    const photo = await photoOf(row);
    acts.push({ act, after: row.after ?? "", ...(photo ? { photo: base64(photo) } : {}) });
  }
  const { salt, iv, box } = await sealedWith(passphrase, acts);
  return JSON.stringify({ bihuan: "outbox", version: 2, salt: base64(salt), iv: base64(iv), sealed: base64(box) });
}

// The same as bytes, to be shown as pictures; photos are too large for that and stay here. Answers how many they are.
export async function handOverBytes(passphrase) {
  const rows = await all();
  const acts = rows.filter(({ row }) => !row.photoBytes).map(({ act }) => ({ act }));
  const { salt, iv, box } = await sealedWith(passphrase, acts);
  return { bytes: Uint8Array.from([...salt, ...iv, ...box]), acts: acts.length, photos: rows.length - acts.length };
}

// Takes in another phone's file; answers how many acts came. Throws when it is not such a file or the words do not fit.
export async function takeIn(text, passphrase) {
  const file = JSON.parse(text);
  if (file.bihuan !== "outbox" || ![1, 2].includes(file.version)) throw new Error("not an outbox");
  const [salt, iv, box] = [file.salt, file.iv, file.sealed].map(fromBase64);
  return takenIn(await openedWith(passphrase, { salt, iv, box }));
}

// The same from bytes read off another phone's pictures.
export const takeInBytes = async (bytes, passphrase) =>
  takenIn(await openedWith(passphrase, { salt: bytes.subarray(0, 16), iv: bytes.subarray(16, 28), box: bytes.subarray(28) }));
