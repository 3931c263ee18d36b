// What the person sees: the server's state with the own unsent deeds on top. Pure but for reading the phone's memory.
import { read } from "./store.js";

export async function load() {
  return read(["meta", "mine", "photos"], async (stores) => {
    const get = async (name) => (await stores.meta.get(name))?.value ?? null;
    const [work, person, branch] = [await get("work"), await get("person"), await get("branch")];
    const mine = await stores.mine.all();
    const blobs = new Map((await stores.photos.all()).map(({ digest, blob }) => [digest, blob]));
    return { work, person, branch, blobs, rounds: merged(work, mine) };
  });
}

export function merged(work, mine) {
  const rounds = new Map();
  const machines = work?.assets ?? {};
  for (const round of work?.rounds ?? []) rounds.set(round.key || round.id, { ...round, machines, ref: round.key || round.id, answers: { ...round.answers } });
  for (const { body, round: ref, at } of mine.filter((own) => own.body?.kind === "start")) {
    const begun = work?.begin.find((one) => one.checklist === body.checklist && one.version === body.version);
    if (!rounds.has(ref) && begun) rounds.set(ref, { ...begun, machines, ref, id: "", asset: body.asset, state: "open", date: at.slice(0, 10), due_at: null, answers: {}, assignee: "", role: "" });
  }
  for (const own of mine) {
    const round = rounds.get(own.round) ?? [...rounds.values()].find((one) => one.id === own.round);
    if (!round) continue;
    if (own.body?.kind === "submit") round.handed = true;
    if (own.body) continue;
    const known = round.answers[own.item];
    if (!known || known.entry === own.key || known.seq < own.seq) {
      round.answers[own.item] = { value: own.value, files: own.files, entry: own.key, seq: own.seq, unsent: true };
    }
  }
  return [...rounds.values()];
}

// The same judgement as the server's, to ask for a picture where one will be demanded.
export function bad(item, value, today) {
  if (value === null || value === undefined || value === "na") return false;
  if (item.kind === "number") return (item.min !== null && value < item.min) || (item.max !== null && value > item.max);
  if (item.kind === "date" && item.expires) return value < today;
  if ((item.kind === "yes_no" || item.kind === "choice") && item.good.length) return !item.good.includes(value);
  return false;
}

export const needsPicture = (item, answer, today) =>
  answer?.value !== null && answer?.value !== undefined && answer.value !== "na" &&
  (item.evidence === "always" || (item.evidence === "on_fail" && bad(item, answer.value, today))) && !answer.files.length;

// Behind an item's short name: the answer that names the machine it is about.
export const of = (item) => `${item.slug}--of`;

// The machines of which one is meant, when an item that is not in order is about one of several and no label was
// scanned before it in its section (that of a point names none); nothing otherwise. The same judgement as the server's.
export function choices(round, item, today) {
  const alike = round.machines?.[item.asset] ?? [];
  if (!item.asset || item.kind === "scan" || round.asset || alike.length < 2 || !bad(item, round.answers[item.slug]?.value, today)) return [];
  const section = round.definition.sections.find((one) => one.items.includes(item));
  const before = section.items.slice(0, section.items.indexOf(item)).filter((one) => {
    const value = one.kind === "scan" && !one.point ? round.answers[one.slug]?.value : null;
    return value && value !== "na";
  });
  const last = before.at(-1);
  return last && (!last.asset || last.asset === item.asset) ? [] : alike;
}

const unnamed = (round, item, today) => choices(round, item, today).length > 0 && !answered(round.answers[of(item)]);

export const items = (round) => round.definition.sections.flatMap((section) => section.items);

export const answered = (answer) => answer?.value !== null && answer?.value !== undefined;

export function progress(round) {
  const asked = items(round).filter((item) => item.required);
  return { done: asked.filter((item) => answered(round.answers[item.slug])).length, all: asked.length };
}

// What still keeps the round from being handed in: items without answer, their picture, or the machine they are about.
export function missing(round, today) {
  return items(round).filter((item) => {
    const answer = round.answers[item.slug];
    return answered(answer) ? needsPicture(item, answer, today) || unnamed(round, item, today) : item.required;
  });
}

// All that the server must have before the round counts as submitted.
export function manifest(round) {
  const given = Object.values(round.answers);
  return { answers: given.map((one) => one.entry), files: [...new Set(given.flatMap((one) => one.files))] };
}
