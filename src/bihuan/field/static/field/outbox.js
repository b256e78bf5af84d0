// Acts that wait for a network: sealed on the phone with a key that cannot leave it, sent once, then gone.

const NAME = "bihuan-outbox";

const asked = (request) =>
  new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });

async function open() {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore("acts", { keyPath: "id" });
    request.result.createObjectStore("keys");
  };
  return asked(request);
}

async function store(name, mode = "readonly") {
  return (await open()).transaction(name, mode).objectStore(name);
}

async function sealingKey() {
  const held = await asked((await store("keys")).get("seal"));
  if (held) return held;
  const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  await asked((await store("keys", "readwrite")).put(made, "seal"));
  return made;
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

export async function put(act) {
  const key = await sealingKey();
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const words = new TextEncoder().encode(JSON.stringify(act));
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, words);
  await asked((await store("acts", "readwrite")).put({ id: act.id, iv, sealed, refused: "" }));
}

export async function all() {
  const key = await sealingKey();
  const rows = await asked((await store("acts")).getAll());
  const opened = async ({ iv, sealed, refused }) => {
    const words = await crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, sealed);
    return { act: JSON.parse(new TextDecoder().decode(words)), refused };
  };
  return Promise.all(rows.map(opened));
}

export async function drop(id) {
  await asked((await store("acts", "readwrite")).delete(id));
}

async function refuse(id, reason) {
  const acts = await store("acts", "readwrite");
  const row = await asked(acts.get(id));
  if (row) await asked(acts.put({ ...row, refused: reason }));
}

const cookie = (name) => document.cookie.match(new RegExp(`(?:^|; )${name}=([^;]*)`))?.[1] ?? "";

// Send what waits. Answers how many still wait; throws nothing when there is no network.
export async function flush(address) {
  const waiting = (await all()).filter((row) => !row.refused).map((row) => row.act);
  if (!waiting.length) return 0;
  let answers;
  try {
    const response = await fetch(address, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": cookie("csrftoken") },
      body: JSON.stringify({ acts: waiting.slice(0, 500) }),
    });
    if (!response.ok) return waiting.length;
    answers = (await response.json()).acts;
  } catch {
    return waiting.length;
  }
  for (const told of answers) {
    if (told.status === "refused") await refuse(told.id, told.reason);
    else await drop(told.id);
  }
  return waiting.length - answers.length;
}
