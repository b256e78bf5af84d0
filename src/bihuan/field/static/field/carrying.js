// Boxes handed on: each counted tube by tube on both sides. The list on the screen outlives a killed tab.

import * as outbox from "./outbox.js";
import { keep, kept } from "./packs.js";
import { flush, say } from "./phone.js";
import { watch } from "./scan.js";

const root = document.getElementById("carrying");
const words = JSON.parse(document.getElementById("carrying-words").textContent);
const byId = (id) => document.getElementById(id);
const { member } = document.body.dataset;
const HOURS = 12;
const NAME = "carrying";
const life = () => ({ member, until: new Date(Date.now() + HOURS * 3_600_000).toISOString() });
let boxes = (await kept(NAME)) ?? []; // [{box, tubes: []}], the last one is being scanned
let isBoxNext = !boxes.length;

function tell(text, isBad = false) {
  const line = byId("said");
  line.textContent = text;
  line.hidden = !text;
  line.classList.toggle("late", isBad);
  if (isBad) navigator.vibrate?.(200);
}

function show() {
  byId("code").placeholder = isBoxNext ? words.box : words.tube;
  byId("boxes").replaceChildren(
    ...boxes.map(({ box, tubes }, i) => {
      const item = document.createElement("li");
      item.className = "line";
      const name = document.createElement("b");
      name.textContent = box;
      const count = document.createElement("small");
      count.textContent = say(words.count, { n: tubes.length });
      const list = document.createElement("span");
      list.textContent = tubes.join("、");
      const button = document.createElement("button");
      button.className = "button";
      button.type = "button";
      button.textContent = words.remove;
      button.addEventListener("click", () => change(boxes.filter((_, at) => at !== i)));
      item.append(name, count, list, button);
      return item;
    }),
  );
}

async function change(next) {
  boxes = next;
  if (!boxes.length) isBoxNext = true;
  await keep(NAME, boxes, life());
  show();
}

async function take(text) {
  const code = text.normalize("NFKC").replace(/\s+/g, "").toUpperCase();
  if (!code) return;
  byId("code").value = "";
  tell("");
  if (isBoxNext) {
    if (boxes.some((one) => one.box === code)) {
      tell(say(words.twice, { code }), true);
      return;
    }
    isBoxNext = false;
    await change([...boxes, { box: code, tubes: [] }]);
    return;
  }
  if (boxes.some((one) => one.tubes.includes(code))) {
    tell(say(words.twice, { code }), true);
    return;
  }
  const last = boxes.at(-1);
  await change([...boxes.slice(0, -1), { ...last, tubes: [...last.tubes, code] }]);
}

async function perform(several) {
  try {
    for (const [act, args] of several) await outbox.put({ id: outbox.uuid7(), act, device: "phone", args });
  } catch (fault) {
    console.error(fault);
    tell(words.not_kept, true);
    return;
  }
  const n = boxes.length;
  await change([]);
  await flush();
  tell(say(words.done, { n }));
}

const areWhole = () => {
  const empty = boxes.find((one) => !one.tubes.length);
  if (!boxes.length || empty) tell(boxes.length ? say(words.empty, { code: empty.box }) : words.nothing, true);
  return boxes.length > 0 && !empty;
};

byId("codes").addEventListener("submit", (event) => {
  event.preventDefault();
  take(byId("code").value);
});
byId("next-box").addEventListener("click", () => {
  isBoxNext = true;
  show();
  byId("code").focus();
});
byId("take")?.addEventListener("click", () => {
  if (!areWhole()) return;
  const laboratory = byId("laboratory").value;
  perform([["hand_over", { boxes, vehicle: byId("vehicle").value, ...(laboratory ? { laboratory } : {}) }]]);
});
byId("receive")?.addEventListener("click", () => {
  if (areWhole()) perform(boxes.map((one) => ["receive_box", one]));
});
let stopping = null;
byId("scan").hidden = !navigator.mediaDevices?.getUserMedia;
byId("scan").addEventListener("click", async () => {
  if (stopping) {
    stopping.abort();
    return;
  }
  stopping = new AbortController();
  try {
    await watch(byId("camera"), take, { zxing: root.dataset.zxing, zxingWasm: root.dataset.zxingWasm }, stopping.signal);
  } catch (fault) {
    console.warn(fault);
    tell(words.no_camera, true);
  }
  stopping = null;
});
show();
root.dataset.ready = "yes";
