// PNG of a chart with its finding and its source, so that a picture in a report can be traced.
export async function savePicture(chart, figure, theme) {
  const scale = 2;
  const [top, bottom, side] = [48, 36, 16];
  const plot = await load(chart.getDataURL({ pixelRatio: scale, backgroundColor: theme.surface }));
  const canvas = Object.assign(document.createElement("canvas"), { width: plot.width + 2 * side * scale, height: plot.height + (top + bottom) * scale });
  const pen = canvas.getContext("2d");
  pen.fillStyle = theme.surface;
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(plot, side * scale, top * scale);
  pen.scale(scale, scale);
  write(pen, figure.querySelector("[data-title]"), `600 16px ${theme.font}`, theme.ink, side, 30);
  write(pen, figure.querySelector("[data-source]"), `12px ${theme.font}`, theme.soft, side, canvas.height / scale - 14);
  const blob = await new Promise((done) => canvas.toBlob(done, "image/png"));
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: `${figure.id || "chart"}.png` });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

function write(pen, element, font, colour, x, y) {
  if (!element) return;
  pen.font = font;
  pen.fillStyle = colour;
  pen.fillText(element.textContent.trim().replace(/\s+/g, " "), x, y);
}

function load(url) {
  return new Promise((done, failed) => {
    const image = new Image();
    image.onload = () => done(image);
    image.onerror = failed;
    image.src = url;
  });
}
