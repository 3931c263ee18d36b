// Reading a code with the camera, all on the phone; loaded only when somebody scans.
import { prepareZXingModule, readBarcodes } from "zxing-wasm/reader";
import { h } from "./dom.js";

const FORMATS = { formats: ["QRCode", "DataMatrix", "Code128"], maxNumberOfSymbols: 1, tryHarder: true };

export function prepare(wasm) {
  prepareZXingModule({ overrides: { locateFile: () => wasm } });
}

export async function codeIn(picture) {
  const [found] = await readBarcodes(picture, FORMATS);
  return found?.isValid ? found.text.split("#").pop() : ""; // a label's address carries the thing's code behind "#"
}

// Opens the camera in the element until a code is read, somebody gives up, or there is no camera (null).
export async function watch(frame, words) {
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false });
  } catch {
    return null;
  }
  const video = h("video", { playsinline: true, muted: true, class: "viewfinder" });
  video.srcObject = stream;
  let over = false;
  const stop = h("button", { class: "btn btn-plain", type: "button", onclick: () => (over = true) }, words.stop_camera);
  frame.replaceChildren(video, stop);
  await video.play();
  const canvas = document.createElement("canvas");
  const brush = canvas.getContext("2d", { willReadFrequently: true });
  let code = "";
  while (!over && !code && frame.isConnected) {
    if (video.videoWidth) {
      canvas.width = video.videoWidth;
      canvas.height = video.videoHeight;
      brush.drawImage(video, 0, 0);
      code = await codeIn(brush.getImageData(0, 0, canvas.width, canvas.height));
    }
    await new Promise((resolve) => setTimeout(resolve, 120));
  }
  for (const track of stream.getTracks()) track.stop();
  frame.replaceChildren();
  return code;
}
