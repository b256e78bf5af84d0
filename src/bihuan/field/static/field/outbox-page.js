// What this phone holds, act by act, and what can be done with each.

import * as outbox from "./outbox.js";
import { wipe } from "./packs.js";
import { flush, say } from "./phone.js";

const words = JSON.parse(document.getElementById("outbox-words").textContent);
const byId = (id) => document.getElementById(id);

const button = (text, work) => {
  const made = document.createElement("button");
  made.className = "button";
  made.type = "button";
  made.textContent = text;
  made.addEventListener("click", work);
  return made;
};

async function show(note = "") {
  const rows = await outbox.all();
  const refused = rows.filter((row) => row.refused).length;
  const parts = [note, say(words.summary, { waiting: rows.length - refused, refused })];
  byId("summary").textContent = parts.filter(Boolean).join(" · ");
  const held = new Set(rows.map((one) => one.act.id));
  byId("held").replaceChildren(
    ...rows.map(({ act, row, refused: reason }) => {
      const item = document.createElement("li");
      item.className = "line";
      const name = document.createElement("b");
      name.textContent = words.verbs[act.act] ?? act.act;
      const when = document.createElement("small");
      when.textContent = new Date(act.at).toLocaleString();
      when.classList.toggle("late", Boolean(reason));
      const about = document.createElement("span");
      const size = row.photoBytes ? say(words.kilobytes, { n: Math.ceil(row.photoBytes / 1024) }) : "";
      const state = held.has(row.after) ? words.with_act : words.waits;
      about.textContent = [act.args.tube, act.args.box, size, reason ? say(words.refused, { reason }) : state].filter(Boolean).join(" · ");
      item.append(name, when, about);
      if (reason) item.append(button(words.again, () => outbox.retry(act.id).then(send)), button(words.dismiss, () => dismiss(act.id)));
      return item;
    }),
  );
}

async function dismiss(id) {
  if (!window.confirm(words.sure)) return;
  await outbox.drop(id);
  await show();
}

async function send() {
  const why = await flush();
  await show(words.why[why] ?? "");
}

byId("send").addEventListener("click", send);
byId("leave").addEventListener("submit", async (event) => {
  event.preventDefault();
  await wipe();
  event.target.submit();
});
outbox.listen(() => show());
await show();
byId("outbox-page").dataset.ready = "yes";
