// Lists fetched ahead for work without a network: sealed, of one member, gone at their hour or when the member leaves.

import { asked, inside, sealed, unsealed } from "./safe.js";

export async function keep(name, value, { member, until }) {
  const box = await sealed(value);
  await inside(["packs"], "readwrite", (packs) => asked(packs.put({ ...box, member, until: Date.parse(until) }, name)));
}

// What is kept under a name; null when nothing is, or when its hour has passed: then it is gone.
export async function kept(name) {
  const row = await inside(["packs"], "readonly", (packs) => asked(packs.get(name)));
  if (!row) return null;
  if (row.until <= Date.now()) {
    await forget(name);
    return null;
  }
  return unsealed(row);
}

export const forget = (name) => inside(["packs"], "readwrite", (packs) => asked(packs.delete(name)));

// Everything fetched ahead goes. Acts that wait to be sent are nobody's list: they stay, sealed, until they are sent.
export const wipe = () => inside(["packs"], "readwrite", (packs) => asked(packs.clear()));

// Whoever holds the phone now: what was fetched for somebody else, and what is past its hour, goes.
export async function tidy(member) {
  const now = Date.now();
  await inside(["packs"], "readwrite", async (packs) => {
    const [names, rows] = await Promise.all([asked(packs.getAllKeys()), asked(packs.getAll())]);
    const gone = names.filter((_, i) => rows[i].until <= now || (member && rows[i].member !== member));
    await Promise.all(gone.map((name) => asked(packs.delete(name))));
  });
}

// The first bytes of a salted digest: how a scanned number or name is found in a list that spells out neither.
export async function digest(salt, text) {
  const words = new TextEncoder().encode(salt + text.normalize("NFKC").replace(/\s+/g, "").toUpperCase());
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", words)).subarray(0, 8);
  return Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
}
