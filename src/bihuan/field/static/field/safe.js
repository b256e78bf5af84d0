// The phone's own safe: one database, sealed with a key that cannot leave it. What cannot be written says so by throwing.

const NAME = "bihuan-outbox";
const VERSION = 3;

export const asked = (request) =>
  new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });

async function open() {
  const request = indexedDB.open(NAME, VERSION);
  request.onupgradeneeded = ({ oldVersion }) => {
    const { result } = request;
    if (oldVersion < 1) {
      result.createObjectStore("acts", { keyPath: "id" });
      result.createObjectStore("keys");
    }
    if (oldVersion < 2) result.createObjectStore("packs");
    if (oldVersion < 3) result.createObjectStore("photos"); // by the act that carries each: a list of acts stays light
  };
  const opened = await asked(request);
  opened.onversionchange = () => opened.close(); // a newer page in another tab is not kept waiting
  return opened;
}

// Runs `work` with the named stores in one transaction and answers once it is on the disk, whole or not at all.
export async function inside(names, mode, work) {
  const base = await open();
  try {
    const transaction = base.transaction(names, mode, { durability: mode === "readwrite" ? "strict" : "default" });
    const ended = new Promise((done, failed) => {
      transaction.oncomplete = () => done();
      transaction.onabort = () => failed(transaction.error ?? new Error("aborted"));
      transaction.onerror = () => failed(transaction.error);
    });
    ended.catch(() => null); // the work's own fault is told first
    let result;
    try {
      result = await work(...names.map((name) => transaction.objectStore(name)));
    } catch (fault) {
      transaction.abort(); // or what was written before the fault would stay
      throw fault;
    }
    await ended;
    return result;
  } finally {
    base.close();
  }
}

let sealing = null;

async function sealingKey() {
  const held = await inside(["keys"], "readonly", (keys) => asked(keys.get("seal")));
  if (held) return held;
  const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  // Two tabs may both have made one: the first that was written counts.
  return inside(["keys"], "readwrite", async (keys) => {
    const before = await asked(keys.get("seal"));
    if (before) return before;
    await asked(keys.put(made, "seal"));
    return made;
  });
}

const theKey = () => {
  sealing ??= sealingKey().catch((fault) => {
    sealing = null;
    throw fault;
  });
  return sealing;
};

export async function sealedBytes(bytes) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  return { iv, sealed: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await theKey(), bytes) };
}

export const unsealedBytes = async ({ iv, sealed: box }) => crypto.subtle.decrypt({ name: "AES-GCM", iv }, await theKey(), box);

export const sealed = (value) => sealedBytes(new TextEncoder().encode(JSON.stringify(value)));

export const unsealed = async (row) => JSON.parse(new TextDecoder().decode(await unsealedBytes(row)));
