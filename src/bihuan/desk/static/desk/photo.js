// A camera's photo is ten times what anybody looks at, and more than is taken in. Made small here, before it is sent over
// a poor line: drawn anew, upright, without what the camera told of place and owner.
"use strict";
(() => {
  const LONGEST_SIDE = 1600, QUALITY = 0.82, SMALL_ENOUGH = 400_000;

  async function smaller(file) {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const share = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * share);
    canvas.height = Math.round(picture.height * share);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const drawn = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
    if (!drawn || drawn.size >= file.size) return file;
    return new File([drawn], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" });
  }

  document.addEventListener("change", async (event) => {
    const input = event.target;
    if (!(input instanceof HTMLInputElement) || input.type !== "file" || input.name !== "photo") return;
    const file = input.files[0];
    if (!file || !file.type.startsWith("image/") || file.size <= SMALL_ENOUGH) return;
    const buttons = [...input.form.querySelectorAll("button")];
    buttons.forEach((one) => (one.disabled = true));
    try {
      const sent = new DataTransfer();
      sent.items.add(await smaller(file));
      input.files = sent.files;
    } catch {
      // No picture this browser can draw: it goes as it is, and the server says what is wrong with it.
    } finally {
      buttons.forEach((one) => (one.disabled = false));
    }
  });
})();
