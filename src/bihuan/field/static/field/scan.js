// Reads a QR code from the camera: the browser's own reader where it has one, else a reader kept with the page.

const EVERY_MS = 150;

const loaded = (address) =>
  new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = done;
    script.onerror = failed;
    document.head.append(script);
  });

async function reader({ zxing, zxingWasm }) {
  if ("BarcodeDetector" in window && (await BarcodeDetector.getSupportedFormats()).includes("qr_code")) {
    const detector = new BarcodeDetector({ formats: ["qr_code"] });
    return async (frame) => (await detector.detect(frame))[0]?.rawValue ?? "";
  }
  if (!window.ZXingWASM) await loaded(zxing);
  window.ZXingWASM.prepareZXingModule({ overrides: { locateFile: () => zxingWasm }, fireImmediately: true });
  return async (frame) => {
    const found = await window.ZXingWASM.readBarcodes(frame, { formats: ["QRCode"], tryHarder: true });
    return found[0]?.text ?? "";
  };
}

// Shows the camera until a code that `wanted` accepts is seen, and answers its text. Throws when there is no camera.
export async function scan(video, wanted, sources, signal) {
  const read = await reader(sources);
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false });
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
        if (text && wanted(text)) return text;
      }
      await new Promise((next) => setTimeout(next, EVERY_MS));
    }
    return "";
  } finally {
    for (const track of stream.getTracks()) track.stop();
    video.hidden = true;
  }
}
