// A field to sign in with finger, pen or mouse; gives a PNG.
import { h } from "./dom.js";

export function pad(words, done) {
  const canvas = h("canvas", { class: "pad", width: 700, height: 260, tabindex: "0", "aria-label": words.sign_here });
  const brush = canvas.getContext("2d");
  let drawn = 0;
  const clean = () => {
    brush.fillStyle = "#ffffff";
    brush.fillRect(0, 0, canvas.width, canvas.height);
    drawn = 0;
  };
  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    return [((event.clientX - box.left) * canvas.width) / box.width, ((event.clientY - box.top) * canvas.height) / box.height];
  };
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    brush.beginPath();
    brush.moveTo(...place(event));
    event.preventDefault();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!event.buttons) return;
    brush.lineWidth = 4;
    brush.lineCap = brush.lineJoin = "round";
    brush.strokeStyle = "#10202f";
    brush.lineTo(...place(event));
    brush.stroke();
    drawn += 1;
  });
  clean();
  const keep = () => drawn > 3 && canvas.toBlob((blob) => done(blob), "image/png");
  return h(
    "div",
    { class: "pad-frame" },
    canvas,
    h("div", { class: "pair" }, h("button", { class: "btn btn-plain", type: "button", onclick: clean }, words.wipe), h("button", { class: "btn btn-primary", type: "button", onclick: keep }, words.keep_signature)),
  );
}
