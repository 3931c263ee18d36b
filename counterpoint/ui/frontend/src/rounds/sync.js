// From the phone to the server and back: pictures first, then items, then what the server knows.
import { photoStored, settle, waiting } from "./outbox.js";
import { meta, read, remember, write } from "./store.js";

const BATCH = 50;
const SECONDS = 30;
const LOST_IN_A_ROW = 3;
const TELL_HOURS = 6;

export class SignedOut extends Error {}
export class Unreachable extends Error {}

async function ask(url, options = {}) {
  let answer;
  try {
    answer = await fetch(url, { redirect: "manual", credentials: "same-origin", signal: AbortSignal.timeout(SECONDS * 1000), ...options });
  } catch (problem) {
    throw new Unreachable(String(problem));
  }
  if (answer.type === "opaqueredirect" || answer.status === 401) throw new SignedOut();
  if (answer.status >= 500 || answer.status === 408 || answer.status === 429) throw new Unreachable(String(answer.status));
  return answer;
}

async function readJson(answer) {
  try {
    return await answer.json();
  } catch (problem) {
    throw new Unreachable(`cut off: ${problem}`);
  }
}

// The work list is taken over whole, in one transaction with its version, and never goes back in time.
export async function pull(urls) {
  const branch = await meta("branch");
  const answer = await ask(branch ? `${urls.work}?branch=${encodeURIComponent(branch.code)}` : urls.work);
  if (!answer.ok) throw new SignedOut();
  const work = { ...(await readJson(answer)), heard: Date.now() };
  await write(["meta", "mine", "outbox"], async (stores) => {
    const held = (await stores.meta.get("work"))?.value;
    const same = held?.branch?.code === work.branch.code && held?.person?.id === work.person.id;
    await stores.meta.put({ name: "csrf", value: work.csrf });
    await stores.meta.put({ name: "person", value: work.person });
    if (same && held.version > work.version) return;
    const seq = (await stores.meta.get("seq"))?.value ?? 0;
    await stores.meta.put({ name: "seq", value: Math.max(seq, work.seq) });
    await stores.meta.put({ name: "branch", value: work.branch });
    await stores.meta.put({ name: "work", value: work });
    await letGo(stores, work);
  });
  return work;
}

// The own answer is shown until the server's state knows of it or of a later one, or its round is over. A round counts as
// handed in while its submission is on its way or waits on the server for the rest.
async function letGo({ mine, outbox }, work) {
  const items = await outbox.all();
  const unsent = new Set(items.map((item) => item.round));
  const keys = new Set(items.map((item) => item.key));
  const handed = new Set(work.handed_in);
  const rounds = new Map(work.rounds.flatMap((round) => [[round.id, round], ...(round.key ? [[round.key, round]] : [])]));
  for (const own of await mine.all()) {
    const known = rounds.get(own.round)?.answers?.[own.item];
    const over = !rounds.has(own.round) && !unsent.has(own.round);
    const again = own.body?.kind === "submit" && rounds.has(own.round) && !keys.has(own.key) && !handed.has(own.round);
    if (over || again || (known && (known.entry === own.key || known.seq > own.seq))) await mine.remove(own.place);
  }
}

// One thing that is lost does not stop the next; three in a row do.
function patient() {
  let lost = 0;
  return async (deed) => {
    try {
      await deed();
      lost = 0;
    } catch (problem) {
      if (!(problem instanceof Unreachable) || ++lost >= LOST_IN_A_ROW) throw problem;
    }
  };
}

async function push(urls, person, csrf, told) {
  const headers = { "X-CSRFToken": csrf };
  const all = await read(["outbox", "photos"], async (s) => ({ items: await s.outbox.all(), photos: await s.photos.all() }));
  const own = (one) => one.person?.id === person.id;
  const attempt = patient();
  for (const { digest, blob, branch, taken = "" } of all.photos.filter(own)) {
    await attempt(async () => {
      const said = new URLSearchParams({ branch: branch.code, taken, clock: new Date().toISOString() });
      const url = `${urls.photo}${digest}?${said}`;
      const answer = await ask(url, { method: "POST", body: blob, headers: { ...headers, "Content-Type": "application/octet-stream" } });
      if (answer.ok) await photoStored(digest, await readJson(answer));
      told();
    });
  }
  const items = all.items.filter(own).sort((a, b) => a.seq - b.seq);
  const device = await meta("device");
  const alarms = [];
  for (const code of new Set(items.map((item) => item.branch.code))) {
    const here = items.filter((item) => item.branch.code === code);
    for (let start = 0; start < here.length; start += BATCH) {
      await attempt(async () => {
        const batch = here.slice(start, start + BATCH);
        const body = JSON.stringify({ branch: code, device, clock: new Date().toISOString(), items: batch.map(({ key, seq, hash, text, at }) => ({ key, seq, hash, text, at })) });
        const answer = await ask(urls.sync, { method: "POST", body, headers: { ...headers, "Content-Type": "application/json" } });
        if (!answer.ok) throw new Unreachable(String(answer.status));
        alarms.push(...(await settle(batch, (await readJson(answer)).receipts)));
        told();
      });
    }
  }
  await tellUnsent(urls, person, headers, device);
  return alarms;
}

// What the phone could not let go of for a day is told to the server, whose leaders hear of it; and then that it is over.
async function tellUnsent(urls, person, headers, device) {
  const { items, photos, hours, alarm } = await waiting(person);
  const before = await meta("told", 0);
  if (alarm ? Date.now() - before < TELL_HOURS * 3600_000 : !before) return;
  const unsent = alarm ? { count: items + photos, hours } : { count: 0, hours: 0 };
  const body = JSON.stringify({ branch: (await meta("branch")).code, device, items: [], unsent });
  const answer = await ask(urls.sync, { method: "POST", body, headers: { ...headers, "Content-Type": "application/json" } });
  if (answer.ok) await remember("told", alarm ? Date.now() : 0);
}

// One synchronisation at a time, also with two tabs open. Answers "sent", "signed-out", "offline" or "conflict".
export async function synchronise(urls, told = () => {}) {
  const run = async () => {
    try {
      const before = await pull(urls);
      const alarms = await push(urls, before.person, before.csrf, told);
      await pull(urls);
      return alarms.length ? "conflict" : "sent";
    } catch (problem) {
      if (problem instanceof SignedOut) return "signed-out";
      if (problem instanceof Unreachable) return "offline";
      throw problem;
    }
  };
  if (!navigator.locks) return run();
  return navigator.locks.request("counterpoint-rounds-sync", { ifAvailable: true }, (lock) => (lock ? run() : "busy"));
}
