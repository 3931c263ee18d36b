// A photo small enough for a bad network and large enough to read a label: at most 1600 pixels, JPEG.
const SIDE = 1600;
const QUALITY = 0.82;

export async function smaller(file) {
  const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, SIDE / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/jpeg", QUALITY),
  );
}

const NOTES = 256 * 1024; // the notes of a camera stand at the beginning of the file
const [DETAILS, TAKEN, OFFSET] = [0x8769, 0x9003, 0x9011];

// When the picture was taken by the phone's own clock, read before it is drawn anew: what the camera noted, else when the
// file was written. Only a claim; the server holds it against the time of the round.
export async function takenAt(file) {
  const noted = noteOf(new DataView(await file.slice(0, NOTES).arrayBuffer())) ?? file.lastModified;
  const at = new Date(noted || NaN);
  return Number.isNaN(at.getTime()) ? "" : at.toISOString();
}

function noteOf(view) {
  try {
    for (let at = 2; view.getUint16(0) === 0xffd8 && view.getUint8(at) === 0xff; at += 2 + view.getUint16(at + 2)) {
      if (view.getUint16(at) === 0xffe1 && view.getUint32(at + 4) === 0x45786966) return moment(view, at + 10);
    }
  } catch (problem) {
    if (!(problem instanceof RangeError)) throw problem; // cut off: it notes nothing
  }
  return null;
}

function moment(view, start) {
  const small = view.getUint16(start) === 0x4949;
  const number = (at, wide) => (wide ? view.getUint32(at, small) : view.getUint16(at, small));
  const find = (folder, tag) => {
    for (let n = 0; n < number(folder, false); n++) {
      const entry = folder + 2 + 12 * n;
      if (number(entry, false) === tag) return { at: start + number(entry + 8, true), long: number(entry + 4, true) };
    }
    return null;
  };
  const text = (found) => (found ? String.fromCharCode(...new Uint8Array(view.buffer, found.at, found.long - 1)) : "");
  const details = find(start + number(start + 4, true), DETAILS);
  if (!details) return null;
  const told = text(find(details.at, TAKEN)).match(/^(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)/);
  const zone = text(find(details.at, OFFSET)).match(/^[+-]\d\d:\d\d$/)?.[0] ?? "";
  return told ? Date.parse(`${told[1]}-${told[2]}-${told[3]}T${told[4]}${zone}`) : null;
}
