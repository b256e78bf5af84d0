// Reads codes from the camera: the browser's own reader where it has one, else a reader kept with the page.

const EVERY_MS = 150;
const SAME_AGAIN_MS = 2500; // the same code held before the camera is one code
const OWN = ["qr_code", "code_128", "code_39", "data_matrix", "ean_13", "codabar", "itf"];
const KEPT = ["QRCode", "Code128", "Code39", "DataMatrix", "EAN13", "Codabar", "ITF"];

export const loaded = (address) =>
  new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = done;
    script.onerror = failed;
    document.head.append(script);
  });

async function reader({ zxing, zxingWasm }) {
  if ("BarcodeDetector" in window) {
    const able = await BarcodeDetector.getSupportedFormats();
    const formats = OWN.filter((name) => able.includes(name));
    if (formats.includes("qr_code") && formats.includes("code_128")) {
      const detector = new BarcodeDetector({ formats });
      return async (frame) => (await detector.detect(frame))[0]?.rawValue ?? "";
    }
  }
  if (!window.ZXingWASM?.readBarcodes) await loaded(zxing);
  const { prepareZXingModule, readBarcodes } = window.ZXingWASM;
  prepareZXingModule({ overrides: { locateFile: () => zxingWasm }, fireImmediately: true });
  return async (frame) => {
    const found = await readBarcodes(frame, { formats: KEPT, tryHarder: true });
    return found[0]?.text ?? "";
  };
}

// Shows the camera and tells each code it sees, until `signal` says stop. Throws when there is no camera.
export async function watch(video, heard, sources, signal, everyMs = EVERY_MS) {
  const read = await reader(sources);
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false });
  let last = "";
  let lastAt = 0;
  try {
    video.srcObject = stream;
    video.hidden = false;
    await video.play();
    const canvas = document.createElement("canvas");
    const paper = canvas.getContext("2d", { willReadFrequently: true });
    while (!signal.aborted) {
      if (video.videoWidth) {
        canvas.width = video.videoWidth;
        canvas.height = video.videoHeight;
        paper.drawImage(video, 0, 0);
        const text = await read(paper.getImageData(0, 0, canvas.width, canvas.height));
        const at = performance.now();
        if (text && (text !== last || at - lastAt > SAME_AGAIN_MS)) await heard(text);
        if (text) [last, lastAt] = [text, at];
      }
      await new Promise((next) => setTimeout(next, everyMs));
    }
  } finally {
    for (const track of stream.getTracks()) track.stop();
    video.hidden = true;
  }
}

// Shows the camera until a code that `wanted` accepts is seen, and answers its text; "" when stopped before.
export async function scan(video, wanted, sources, signal) {
  const enough = new AbortController();
  signal.addEventListener("abort", () => enough.abort());
  let found = "";
  const heard = (text) => {
    if (!wanted(text)) return;
    found = text;
    enough.abort();
  };
  await watch(video, heard, sources, enough.signal);
  return found;
}
