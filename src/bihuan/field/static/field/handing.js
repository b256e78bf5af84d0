// What waits goes over to another phone: as a sealed file, or as pictures on one screen that the other's camera reads.

import * as outbox from "./outbox.js";
import { flush, say } from "./phone.js";
import { loaded, watch } from "./scan.js";
import { Gathering, cut } from "./series.js";

const root = document.getElementById("outbox-page");
const words = JSON.parse(document.getElementById("outbox-words").textContent);
const byId = (id) => document.getElementById(id);
const { zxing, zxingWasm, writer, writerWasm } = root.dataset;
const EACH_MS = 280; // a camera looks about five times a second
const LOOK_EVERY_MS = 60;

function tell(text, isBad = false) {
  const line = byId("handed");
  line.textContent = text;
  line.hidden = !text;
  line.classList.toggle("late", isBad);
}

function passphrase() {
  const said = byId("words").value;
  if (said.length >= 8) return said;
  byId("words").focus();
  tell(words.too_short, true);
  return "";
}

byId("save").addEventListener("click", async () => {
  const said = passphrase();
  if (!said) return;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([await outbox.handOver(said)], { type: "application/json" }));
  link.download = `bihuan-outbox-${new Date().toISOString().slice(0, 16).replace(/[-:T]/g, "")}.json`;
  link.click();
  URL.revokeObjectURL(link.href);
  tell(words.saved);
});

byId("file").addEventListener("change", async (event) => {
  const [file] = event.target.files;
  const said = file && passphrase();
  if (!said) return;
  try {
    const n = await outbox.takeIn(await file.text(), said);
    tell(say(words.taken_in, { n }));
    await flush();
  } catch (fault) {
    console.warn(fault);
    tell(words.not_taken_in, true);
  }
  event.target.value = "";
});

let draw = null;

async function drawer() {
  if (draw) return draw;
  await loaded(writer);
  const { prepareZXingModule, writeBarcode } = window.ZXingWASM;
  prepareZXingModule({ overrides: { locateFile: () => writerWasm }, fireImmediately: true });
  draw = async (text) => (await writeBarcode(text, { format: "QRCode", options: "ecLevel=M", scale: 4 })).image;
  return draw;
}

// One press begins, the next ends; the screen stays awake meanwhile.
function between(button, begin, work) {
  let stopping = null;
  button.addEventListener("click", async () => {
    if (stopping) {
      stopping.abort();
      return;
    }
    stopping = new AbortController();
    const awake = await navigator.wakeLock?.request("screen").catch(() => null);
    button.textContent = words.stop;
    try {
      await work(stopping.signal);
    } finally {
      await awake?.release();
      button.textContent = begin;
      stopping = null;
    }
  });
}

const shuffled = (items) =>
  items.map((item) => [Math.random(), item]).sort(([a], [b]) => a - b).map(([, item]) => item);

async function picturesOf(said) {
  const { bytes, acts, photos } = await outbox.handOverBytes(said);
  if (!acts) return { pictures: [], photos };
  const texts = await cut(bytes);
  const paint = await drawer();
  const pictures = [];
  for (const text of texts) pictures.push(await createImageBitmap(await paint(text)));
  return { pictures, photos };
}

async function show(signal) {
  const said = passphrase();
  if (!said) return;
  if (!(await outbox.all()).length) {
    tell(words.nothing);
    return;
  }
  let pictures;
  let photos;
  try {
    ({ pictures, photos } = await picturesOf(said));
  } catch (fault) {
    console.warn(fault);
    tell(fault instanceof RangeError ? words.too_many : words.no_pictures, true);
    return;
  }
  if (!pictures.length) {
    tell(words.only_photos);
    return;
  }
  const screen = byId("picture");
  const left = photos ? say(words.photos_stay, { n: photos }) : "";
  tell([say(words.shown, { of: pictures.length }), left].filter(Boolean).join(" "));
  screen.width = Math.max(...pictures.map((picture) => picture.width));
  screen.height = screen.width;
  const paper = screen.getContext("2d");
  screen.hidden = false;
  screen.scrollIntoView({ block: "center" });
  // Another order each time round: a camera that looks in the same beat would miss the same ones for ever.
  for (let round = pictures; !signal.aborted; round = shuffled(pictures)) {
    for (const picture of round) {
      if (signal.aborted) break;
      const margin = (screen.width - picture.width) / 2;
      paper.fillStyle = "#fff";
      paper.fillRect(0, 0, screen.width, screen.height);
      paper.drawImage(picture, margin, margin);
      await new Promise((next) => setTimeout(next, EACH_MS));
    }
  }
  screen.hidden = true;
  pictures.forEach((picture) => picture.close());
}

const gathering = new Gathering(); // outlives a stop, and words that did not fit once
let isTriedAgain = false;

async function gather(signal) {
  const enough = new AbortController();
  signal.addEventListener("abort", () => enough.abort());
  const line = byId("progress");
  const heard = (text) => {
    if (!gathering.add(text)) return;
    [line.value, line.max] = [gathering.pieces.size, gathering.of];
    tell(say(words.reading, { n: gathering.pieces.size, of: gathering.of }));
    if (gathering.isWhole) enough.abort();
  };
  tell(words.aim);
  line.hidden = false;
  try {
    await watch(byId("camera"), heard, { zxing, zxingWasm }, enough.signal, LOOK_EVERY_MS);
  } catch (fault) {
    console.warn(fault);
    tell(words.no_camera, true);
  } finally {
    line.hidden = true;
  }
}

async function read(signal) {
  const said = passphrase();
  if (!said) return;
  if (!gathering.isWhole) await gather(signal);
  if (!gathering.isWhole) return;
  let bytes;
  try {
    bytes = await gathering.whole();
  } catch (fault) {
    console.warn(fault);
    tell(words.spoilt, true);
    return;
  }
  try {
    const n = await outbox.takeInBytes(bytes, said);
    tell(say(words.taken_in, { n }));
    gathering.of = 0;
  } catch (fault) {
    console.warn(fault);
    if (isTriedAgain) gathering.of = 0;
    tell(isTriedAgain ? words.wrong_again : words.wrong_words, true);
    isTriedAgain = !isTriedAgain;
    return;
  }
  await flush();
}

between(byId("show"), words.show, show);
between(byId("read"), words.read, read);
root.dataset.handing = "ready";
