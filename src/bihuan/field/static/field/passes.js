// A pass is verified on the phone, without a network: Base45 → COSE_Sign1 → WebCrypto → claims → revocation slices.
// The same refusals, in the same order and words, as bihuan.engines.passes; one spelling only.

export const PREFIX = "BH1:";
export const MAX_VALID_HOURS = 72;
const CLOCK_SKEW_SECONDS = 300;
const MAX_CHARACTERS = 1024;
export const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
const HALF_ORDER = 0x7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a8n; // P-256, n / 2
const CLAIM = { issuer: 1, subject: 2, expires: 4, issued: 6, codeId: 7, status: -65537, ground: -65538 };
const SLICE = { sequence: -65540, index: -65541, cuts: -65542, codes: -65543, subjects: -65544 };
const ENTRY = 8;

export class Refusal extends Error {
  constructor(reason, detail) {
    super(detail);
    this.reason = reason;
  }
}

const refuse = (reason, detail) => {
  throw new Refusal(reason, detail);
};
const hex = (bytes) => Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");

export function decodeBase45(text) {
  const values = Array.from(text, (letter) => ALPHABET.indexOf(letter));
  if (values.includes(-1)) refuse("malformed", "not a Base45 character");
  if (values.length % 3 === 1) refuse("malformed", "the last group is cut");
  const out = [];
  for (let i = 0; i < values.length; i += 3) {
    const pair = values[i] + 45 * values[i + 1];
    if (i + 2 < values.length) {
      const number = pair + 2025 * values[i + 2];
      if (number > 0xffff) refuse("malformed", "a group is too large");
      out.push(number >> 8, number & 0xff);
    } else {
      if (pair > 0xff) refuse("malformed", "the last group is too large");
      out.push(pair);
    }
  }
  return Uint8Array.from(out);
}

// Reads the part of CBOR that passes use: whole numbers, byte and text strings, maps with ascending keys.
class Reader {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }

  take(size) {
    if (this.at + size > this.bytes.length) refuse("malformed", "the message is cut");
    this.at += size;
    return this.bytes.subarray(this.at - size, this.at);
  }

  head() {
    const first = this.take(1)[0];
    const short = first & 0x1f;
    if (short < 24) return [first >> 5, short];
    if (short > 26) refuse("malformed", "a number or length that passes do not use");
    const width = 1 << (short - 24);
    const size = this.take(width).reduce((sum, b) => sum * 256 + b, 0);
    if (size < (width === 1 ? 24 : 2 ** (4 * width))) refuse("not_canonical", "a length is longer than it need be");
    return [first >> 5, size];
  }

  byteString() {
    const [kind, size] = this.head();
    if (kind !== 2) refuse("malformed", "a byte string was expected");
    return this.take(size);
  }

  value() {
    const [kind, size] = this.head();
    if (kind === 0) return size;
    if (kind === 1) return -1 - size;
    if (kind === 2) return this.take(size);
    if (kind !== 3) return refuse("malformed", "a value that passes do not use");
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(this.take(size));
    } catch (fault) {
      if (fault instanceof Refusal) throw fault;
      return refuse("malformed", "text that is not UTF-8");
    }
  }

  end() {
    if (this.at !== this.bytes.length) refuse("not_canonical", "bytes follow the message");
  }
}

export function readMap(bytes) {
  const reader = new Reader(bytes);
  const [kind, size] = reader.head();
  if (kind !== 5) refuse("malformed", "not a map");
  const found = new Map();
  let before = "";
  for (let i = 0; i < size; i += 1) {
    const start = reader.at;
    const key = reader.value();
    const spelt = hex(bytes.subarray(start, reader.at));
    if (before && (spelt.length < before.length || (spelt.length === before.length && spelt <= before))) {
      refuse("not_canonical", "keys are not in order");
    }
    before = spelt;
    found.set(key, reader.value());
  }
  reader.end();
  return found;
}

function takeApart(message) {
  if (message[0] !== 0xd2 || message[1] !== 0x84) refuse("malformed", "not a tagged COSE_Sign1 message");
  const reader = new Reader(message);
  reader.at = 2;
  const header = reader.byteString();
  if (reader.take(1)[0] !== 0xa0) refuse("not_canonical", "something stands in the unprotected header");
  const payload = reader.byteString();
  const signature = reader.byteString();
  reader.end();
  if (header.length !== 13 || hex(header.subarray(0, 5)) !== "a201260448") {
    if (header[1] !== 0x01 || header[2] !== 0x26) refuse("unknown_algorithm", "the algorithm is not ES256");
    refuse("malformed", "the header must hold the algorithm and a key id of 8 bytes, nothing else");
  }
  if (signature.length !== 64) refuse("malformed", "a signature of the wrong length");
  return { keyId: hex(header.subarray(5)), header, payload, signature };
}

const spelling = (bytes) => {
  const size = bytes.length;
  if (size < 24) return [0x40 + size, ...bytes];
  if (size < 0x100) return [0x58, size, ...bytes];
  if (size < 0x10000) return [0x59, size >> 8, size & 0xff, ...bytes];
  return [0x5a, (size >>> 24) & 0xff, (size >> 16) & 0xff, (size >> 8) & 0xff, size & 0xff, ...bytes];
};

async function fits(key, { header, payload, signature }) {
  const s = BigInt(`0x${hex(signature.subarray(32))}`);
  if (s === 0n || s > HALF_ORDER) return false; // the twin signature n - s is another spelling of the same message
  const context = new TextEncoder().encode("Signature1");
  const signed = Uint8Array.from([0x84, 0x6a, ...context, ...spelling(header), 0x40, ...spelling(payload)]);
  return crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, signature, signed);
}

// keyList: the JSON of keys.json. Answers a Map from key id to key; throws when an entry cannot be used.
export async function importKeys(keyList) {
  const ring = new Map();
  for (const entry of keyList.keys) {
    const { kty, crv, x, y } = entry;
    const algorithm = { name: "ECDSA", namedCurve: "P-256" };
    const key = await crypto.subtle.importKey("jwk", { kty, crv, x, y, ext: true }, algorithm, false, ["verify"]);
    const from = Date.parse(entry.valid_from) / 1000;
    const until = entry.valid_until ? Date.parse(entry.valid_until) / 1000 : Infinity;
    ring.set(entry.kid, { key, issuer: entry.issuer, from, until });
  }
  return ring;
}

async function opened(message, keys) {
  const sealed = takeApart(message);
  const known = keys.get(sealed.keyId);
  if (!known) refuse("unknown_key", `no key ${sealed.keyId} in the list`);
  if (!(await fits(known.key, sealed))) refuse("bad_signature", "the signature does not fit");
  return { claims: readMap(sealed.payload), known };
}

function heldBy(known, claims) {
  const at = claims.get(CLAIM.issued);
  if (claims.get(CLAIM.issuer) !== known.issuer || at < known.from || at >= known.until) {
    refuse("key_out_of_period", "the key was not this issuer's key at the time of issue");
  }
}

function toPass(claims) {
  const { issuer, subject, expires, issued, codeId, status, ground } = CLAIM;
  const needed = [issuer, subject, expires, issued, codeId, status];
  const whole = needed.every((key) => claims.has(key)) && claims.size === needed.length + (claims.has(ground) ? 1 : 0);
  if (!whole) refuse("malformed", "these are not the claims of a pass");
  const time = (value) => Number.isInteger(value) && value >= 0 && value < 2 ** 32;
  const word = (value) => typeof value === "string" && /^[a-z][a-z0-9_]{0,23}$/.test(value);
  const found = {
    issuer: claims.get(issuer),
    subject: claims.get(subject),
    status: claims.get(status),
    ground: claims.get(ground) ?? "",
    issuedAt: claims.get(issued),
    expiresAt: claims.get(expires),
    codeId: claims.get(codeId),
  };
  if (!time(found.issuedAt) || !time(found.expiresAt)) refuse("malformed", "a time that cannot be");
  const hours = (found.expiresAt - found.issuedAt) / 3600;
  if (hours > MAX_VALID_HOURS) refuse("lifetime_too_long", `a pass of more than ${MAX_VALID_HOURS} hours`);
  const good =
    hours > 0 &&
    typeof found.issuer === "string" &&
    found.issuer.length > 0 &&
    [...found.issuer].length <= 32 &&
    typeof found.subject === "string" &&
    /^[A-Za-z0-9._-]{4,48}$/.test(found.subject) &&
    !/^(\d{17}[\dXx]|1[3-9]\d{9}|\d{15})$/.test(found.subject) &&
    word(found.status) &&
    (claims.has(ground) ? word(found.ground) : true) &&
    found.codeId instanceof Uint8Array &&
    found.codeId.length === 8;
  if (!good) refuse("malformed", "a claim is not what a pass holds");
  return found;
}

// Whose pass this says it is, unverified: enough to find somebody on a list, never enough to let somebody pass.
export function subjectOf(code) {
  try {
    return readMap(takeApart(decodeBase45(code.slice(PREFIX.length))).payload).get(CLAIM.subject) ?? "";
  } catch {
    return "";
  }
}

const entryOf = async (kind, data) => {
  const text = new TextEncoder().encode(kind);
  const digest = await crypto.subtle.digest("SHA-256", Uint8Array.from([...text, ...data]));
  return new Uint8Array(digest).subarray(0, ENTRY);
};

export async function readSlice(message, keys) {
  const { claims, known } = await opened(message, keys);
  const names = [CLAIM.issuer, CLAIM.expires, CLAIM.issued, ...Object.values(SLICE)];
  if (claims.size !== names.length || !names.every((key) => claims.has(key))) {
    refuse("malformed", "these are not the claims of a revocation slice");
  }
  heldBy(known, claims);
  const codes = claims.get(SLICE.codes);
  const subjects = claims.get(SLICE.subjects);
  if (codes.length % ENTRY || subjects.length % (ENTRY + 4)) refuse("malformed", "an entry is cut");
  const byCode = new Set();
  for (let i = 0; i < codes.length; i += ENTRY) byCode.add(hex(codes.subarray(i, i + ENTRY)));
  const bySubject = new Map();
  for (let i = 0; i < subjects.length; i += ENTRY + 4) {
    const before = new DataView(subjects.buffer, subjects.byteOffset + i + ENTRY, 4).getUint32(0);
    bySubject.set(hex(subjects.subarray(i, i + ENTRY)), before);
  }
  return {
    issuer: claims.get(CLAIM.issuer),
    issuedAt: claims.get(CLAIM.issued),
    expiresAt: claims.get(CLAIM.expires),
    sequence: claims.get(SLICE.sequence),
    index: claims.get(SLICE.index),
    cuts: claims.get(SLICE.cuts),
    byCode,
    bySubject,
  };
}

// The newest slice of each cut, by issuer. `add` answers false, and changes nothing, for an older one.
export class Revocations {
  constructor() {
    this.issuers = new Map();
  }

  add(slice) {
    const held = this.issuers.get(slice.issuer) ?? { newest: 0, cuts: slice.cuts, slices: new Map() };
    const same = held.slices.get(slice.index);
    const recut = slice.cuts !== held.cuts;
    if ((same && same.sequence > slice.sequence) || (recut && slice.sequence <= held.newest)) return false;
    if (recut) held.slices.clear();
    held.cuts = slice.cuts;
    held.newest = Math.max(held.newest, slice.sequence);
    held.slices.set(slice.index, slice);
    this.issuers.set(slice.issuer, held);
    return true;
  }

  slice(issuer, entry) {
    const held = this.issuers.get(issuer);
    return held?.slices.get(Math.floor((entry[0] * held.cuts) / 256));
  }

  async look(pass, at) {
    const code = await entryOf("code:", pass.codeId);
    const subject = await entryOf("subject:", new TextEncoder().encode(pass.subject));
    const byCode = this.slice(pass.issuer, code);
    const bySubject = this.slice(pass.issuer, subject);
    const named =
      Boolean(byCode?.byCode.has(hex(code))) || pass.issuedAt < (bySubject?.bySubject.get(hex(subject)) ?? 0);
    const found = [byCode, bySubject];
    if (found.some((slice) => !slice)) return { named, state: "unknown" };
    return { named, state: found.some((slice) => slice.expiresAt <= at) ? "stale" : "checked" };
  }
}

// Whether this text is a pass that counts at `at` (Date), and if not, why not. Never throws for a strange text.
// Answers { valid, reason, detail, pass, revocation }; `pass` only when its signature fits. Nothing is stored.
export async function verifyPass(code, { keys, at, revocations = null }) {
  let pass = null;
  try {
    if (!code.startsWith(PREFIX)) refuse("malformed", `does not begin with ${PREFIX}`);
    if (code.length > MAX_CHARACTERS) refuse("malformed", "longer than any pass");
    const { claims, known } = await opened(decodeBase45(code.slice(PREFIX.length)), keys);
    const read = toPass(claims);
    heldBy(known, claims);
    pass = read;
    const now = at.getTime() / 1000;
    if (now < pass.issuedAt - CLOCK_SKEW_SECONDS) refuse("not_yet_valid", "issued at a time still to come");
    if (now >= pass.expiresAt) refuse("expired", "its time is over");
    const { named, state } = revocations ? await revocations.look(pass, now) : { named: false, state: "unknown" };
    if (named) refuse("revoked", "named in a revocation slice");
    return { valid: true, reason: "", detail: "", pass, revocation: state };
  } catch (fault) {
    if (!(fault instanceof Refusal)) throw fault;
    return { valid: false, reason: fault.reason, detail: fault.message, pass, revocation: "" };
  }
}
