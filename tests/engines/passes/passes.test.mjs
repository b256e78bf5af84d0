// Run by test_browser.py: the phone's verifier against the engine's answers.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const { importKeys, readSlice, Revocations, verifyPass } = await import(process.env.PASSES_JS);
const given = JSON.parse(readFileSync(process.env.GIVEN, "utf8"));
const keys = await importKeys(given.keys);
const slices = given.slices.map((text) => Uint8Array.from(Buffer.from(text, "hex")));

async function known() {
  const held = new Revocations();
  for (const message of slices) held.add(await readSlice(message, keys));
  return held;
}

// Two readers may call the same broken bytes by either of these; refused is refused.
const unreadable = new Set(["malformed", "not_canonical", "unknown_algorithm"]);
const plain = (reason, exact) => (!exact && unreadable.has(reason) ? "unreadable" : reason);

test("every text gets the engine's verdict", async () => {
  const revocations = await known();
  for (const { code, at, valid, reason, revocation, exact } of given.cases) {
    const found = await verifyPass(code, { keys, at: new Date(at), revocations });
    assert.equal(plain(found.reason, exact), plain(reason, exact), code);
    assert.deepEqual([found.valid, found.revocation], [valid, revocation], code);
  }
});

test("a changed slice is refused", async () => {
  const changed = Uint8Array.from(slices[0]);
  changed[40] ^= 1;
  await assert.rejects(readSlice(changed, keys), (fault) => fault.reason === "bad_signature");
});

test("an older slice does not replace a newer one", async () => {
  const held = await known();
  const slice = await readSlice(slices[0], keys);
  assert.equal(held.add({ ...slice, sequence: slice.sequence - 1, byCode: new Set() }), false);
});

test("a pass is verified in under 50 ms", async () => {
  const { code, at } = given.cases[0];
  await verifyPass(code, { keys, at: new Date(at) });
  const start = performance.now();
  for (let i = 0; i < 100; i += 1) await verifyPass(code, { keys, at: new Date(at) });
  assert.ok((performance.now() - start) / 100 < 50);
});
