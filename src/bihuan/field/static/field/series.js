// Bytes as a series of pictures: cut into pieces that each say which whole they are of, put together in any order.

import { ALPHABET, decodeBase45 } from "./passes.js";

export const PREFIX = "BO1:";
const PIECE_BYTES = 280; // a picture of 69 modules a side: a camera of 640 × 480 reads it from the screen of another phone
export const MOST_PICTURES = 200; // about a minute and a half before the camera; more goes as a file
const NAME_BYTES = 8; // of the digest of the whole: names the series, and proves it at the end
const HEAD_BYTES = NAME_BYTES + 4;

function encodeBase45(bytes) {
  let text = "";
  for (let i = 0; i < bytes.length; i += 2) {
    const isPair = i + 1 < bytes.length;
    let number = isPair ? bytes[i] * 256 + bytes[i + 1] : bytes[i];
    for (let n = isPair ? 3 : 2; n; n -= 1) {
      text += ALPHABET[number % 45];
      number = Math.floor(number / 45);
    }
  }
  return text;
}

const digest = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).subarray(0, NAME_BYTES);
const spelt = (bytes) => Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");

// The texts of the pictures. Throws a RangeError where there would be too many.
export async function cut(whole) {
  const of = Math.ceil(whole.length / PIECE_BYTES);
  if (of > MOST_PICTURES) throw new RangeError(`${of} pictures`);
  const size = Math.ceil(whole.length / of); // equal pieces: pictures of one size
  const name = await digest(whole);
  return Array.from({ length: of }, (_, n) => {
    const piece = whole.subarray(n * size, (n + 1) * size);
    const bytes = new Uint8Array(HEAD_BYTES + piece.length);
    bytes.set(name);
    new DataView(bytes.buffer).setUint16(NAME_BYTES, n);
    new DataView(bytes.buffer).setUint16(NAME_BYTES + 2, of);
    bytes.set(piece, HEAD_BYTES);
    return PREFIX + encodeBase45(bytes);
  });
}

function read(text) {
  if (!text.startsWith(PREFIX)) return null;
  try {
    const bytes = decodeBase45(text.slice(PREFIX.length));
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    const [n, of] = [view.getUint16(NAME_BYTES), view.getUint16(NAME_BYTES + 2)];
    const isOne = n < of && of <= MOST_PICTURES && bytes.length > HEAD_BYTES;
    return isOne ? { name: spelt(bytes.subarray(0, NAME_BYTES)), n, of, piece: bytes.subarray(HEAD_BYTES) } : null;
  } catch {
    return null;
  }
}

// Gathers pieces as they are seen. Pieces of another series begin anew: that phone has made its pictures again.
export class Gathering {
  constructor() {
    this.name = "";
    this.of = 0;
    this.pieces = new Map();
  }

  get isWhole() {
    return this.of > 0 && this.pieces.size === this.of;
  }

  // Answers whether the text was a piece.
  add(text) {
    const seen = read(text);
    if (!seen) return false;
    if (seen.name !== this.name || seen.of !== this.of) {
      [this.name, this.of] = [seen.name, seen.of];
      this.pieces.clear();
    }
    this.pieces.set(seen.n, seen.piece);
    return true;
  }

  // The bytes that were cut. Throws when they are not those the pictures speak of; then the reading begins anew.
  async whole() {
    const pieces = Array.from({ length: this.of }, (_, n) => this.pieces.get(n));
    const bytes = new Uint8Array(await new Blob(pieces).arrayBuffer());
    if (spelt(await digest(bytes)) === this.name) return bytes;
    this.of = 0;
    throw new Error("not what was cut");
  }
}
