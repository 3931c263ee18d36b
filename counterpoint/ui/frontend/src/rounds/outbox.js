// What was captured and is not on the server yet. An item is in the outbox before the screen says so.
import { meta, read, write } from "./store.js";

const ALARM_HOURS = 24;

export async function sha256(data) {
  const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export const newKey = () => crypto.randomUUID();

// The running number is larger than every number this phone has seen, so that an edit comes after what it changes.
async function numbered(store) {
  const seq = ((await store.get("seq"))?.value ?? 0) + 1;
  await store.put({ name: "seq", value: seq });
  return seq;
}

// body: {kind, round, …}; photos: [{digest, blob, taken}]. Returns the item's key.
export async function capture(body, photos = []) {
  const key = newKey();
  const text = JSON.stringify(body);
  const hash = await sha256(text);
  const owner = await meta("person");
  const branch = await meta("branch");
  await write(["meta", "outbox", "photos", "mine"], async (stores) => {
    const seq = await numbered(stores.meta);
    const at = new Date().toISOString();
    for (const { digest, blob, taken = "" } of photos) await stores.photos.put({ digest, blob, taken, at, person: owner, branch });
    await stores.outbox.put({ key, seq, hash, text, at, person: owner, branch, round: body.round });
    if (body.kind === "answer") {
      const { round, item, value, files } = body;
      await stores.mine.put({ place: `${round}/${item}`, round, item, value, files, key, seq });
    } else {
      await stores.mine.put({ place: `${body.round}/${body.kind}`, round: body.round, item: "", body, key, seq, at });
    }
  });
  return key;
}

// Only a receipt that names the hash of what was sent lets go of a copy.
export async function settle(sent, receipts) {
  const byKey = new Map(sent.map((item) => [item.key, item]));
  return write(["outbox", "refused", "mine"], async (stores) => {
    const alarms = [];
    for (const receipt of receipts) {
      const item = byKey.get(receipt.key);
      if (!item || receipt.hash !== item.hash) continue;
      if (receipt.state === "conflict") alarms.push(item.key);
      if (!["applied", "held", "quarantined"].includes(receipt.state)) continue;
      if (receipt.state === "quarantined") {
        await stores.refused.put({ ...item, reason: receipt.reason });
        for (const own of await stores.mine.all()) if (own.key === item.key) await stores.mine.remove(own.place);
      }
      await stores.outbox.remove(item.key);
    }
    return alarms;
  });
}

export async function photoStored(digest, receipt) {
  if (receipt?.digest !== digest) return false;
  await write(["photos"], ({ photos }) => photos.remove(digest));
  return true;
}

// How much waits, for whom, and for how long.
export async function waiting(person) {
  return read(["outbox", "photos", "refused"], async (stores) => {
    const [items, photos, refused] = [await stores.outbox.all(), await stores.photos.all(), await stores.refused.all()];
    const all = [...items, ...photos];
    const oldest = all.reduce((least, one) => (least && least < one.at ? least : one.at), "");
    const hours = oldest ? Math.floor((Date.now() - Date.parse(oldest)) / 3600_000) : 0;
    return {
      items: items.length,
      photos: photos.length,
      others: all.filter((one) => one.person?.id !== person?.id).length,
      refused,
      oldest,
      hours,
      alarm: hours >= ALARM_HOURS,
    };
  });
}

// The person has read what could not be taken in; the server keeps it.
export async function forgetRefused() {
  return write(["refused"], async ({ refused }) => {
    for (const one of await refused.all()) await refused.remove(one.key);
  });
}

const base64 = (blob) =>
  new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });

// The way out when nothing else works: everything unsent as one file that a colleague can hand in at a desk.
export async function exportFile() {
  const device = await meta("device");
  const [items, photos] = await read(["outbox", "photos"], async (s) => [await s.outbox.all(), await s.photos.all()]);
  const told = await Promise.all(photos.map(async ({ blob, ...rest }) => ({ ...rest, content: await base64(blob) })));
  return new Blob([JSON.stringify({ format: "counterpoint-rounds-1", device, items, photos: told })], { type: "application/json" });
}
