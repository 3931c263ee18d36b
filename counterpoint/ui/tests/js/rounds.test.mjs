// What the phone shows of a round: the server's state with the own unsent deeds on top; and what it asks for.
import assert from "node:assert/strict";
import { test } from "node:test";
import { bad, choices, manifest, merged, missing, needsPicture, of, progress } from "../../frontend/src/rounds/state.js";

const item = (slug, kind = "yes_no", more = {}) => ({ slug, kind, name: slug, required: true, na: true, evidence: "none", good: kind === "yes_no" ? ["yes"] : [], min: null, max: null, choices: [], ...more });
const definition = (...items) => ({ name: "x", sections: [{ slug: "s", name: "s", items }] });
const work = (answers = {}) => ({ begin: [{ checklist: "c", version: 2, definition: definition(item("a")) }], rounds: [{ id: "1", key: "", checklist: "c", version: 1, answers, definition: definition(item("a"), item("b")) }] });
const own = (item_, value, seq, key = "k") => ({ place: `1/${item_}`, round: "1", item: item_, value, files: [], seq, key });

test("the own answer stands above the server's older one and below a later one", () => {
  const server = { a: { value: "yes", files: [], entry: "e", seq: 5 } };
  assert.equal(merged(work(server), [own("a", "no", 6)])[0].answers.a.value, "no");
  assert.equal(merged(work(server), [own("a", "no", 4)])[0].answers.a.value, "yes");
});

test("a round begun offline is shown with the version it began with, and not twice once the server knows it", () => {
  const start = { place: "r/start", round: "r", body: { kind: "start", checklist: "c", version: 2, asset: "" }, seq: 1, key: "s", at: "2026-11-23T02:30:00Z" };
  assert.deepEqual(merged(work(), [start]).map((round) => round.ref), ["1", "r"]);
  assert.deepEqual(merged({ ...work(), rounds: [{ ...work().rounds[0], key: "r" }] }, [start]).map((round) => round.ref), ["r"]);
  assert.deepEqual(merged(work(), [{ ...start, body: { ...start.body, version: 9 } }]).map((round) => round.ref), ["1"]);
});

test("a round that was handed in here is not asked for again", () => {
  const submit = { place: "1/submit", round: "1", body: { kind: "submit" }, seq: 3, key: "z" };
  assert.equal(merged(work(), [submit])[0].handed, true);
});

test("limits include their ends and an expiry holds to its day", () => {
  const warmth = item("w", "number", { min: 18, max: 28 });
  assert.deepEqual([17.9, 18, 28, 28.1].map((value) => bad(warmth, value, "")), [true, false, false, true]);
  const date = item("d", "date", { expires: true });
  assert.deepEqual(["2026-11-22", "2026-11-23"].map((value) => bad(date, value, "2026-11-23")), [true, false]);
  assert.equal(bad(warmth, "na", ""), false);
});

test("a picture is asked for always, on failure, or never", () => {
  const answer = (value, files = []) => ({ value, files });
  assert.equal(needsPicture(item("a", "yes_no", { evidence: "on_fail" }), answer("no"), ""), true);
  assert.equal(needsPicture(item("a", "yes_no", { evidence: "on_fail" }), answer("yes"), ""), false);
  assert.equal(needsPicture(item("a", "photo", { evidence: "always" }), answer(""), ""), true);
  assert.equal(needsPicture(item("a", "photo", { evidence: "always" }), answer("", ["d"]), ""), false);
});

test("a round is complete when every required item is answered with its picture", () => {
  const [round] = merged(work({ a: { value: "yes", files: ["d"], entry: "e", seq: 1 } }), []);
  assert.deepEqual(missing(round, "").map((one) => one.slug), ["b"]);
  assert.deepEqual(progress(round), { done: 1, all: 2 });
  assert.deepEqual(manifest(round), { answers: ["e"], files: ["d"] });
  const [cleared] = merged(work({ a: { value: "yes", files: [], entry: "e", seq: 1 } }), [own("a", null, 2)]);
  assert.deepEqual(missing(cleared, "").map((one) => one.slug), ["a", "b"]);
});

test("who finds one of several machines out of order says which, unless a label of that kind was scanned before", () => {
  const scan = item("scan", "scan", { asset: "crs", required: false });
  const runs = item("runs", "yes_no", { asset: "crs" });
  const told = (answers, machines = { crs: ["crs1", "crs2"] }, ...more) => ({ ref: "1", asset: "", machines, answers, definition: definition(scan, ...more, runs) });
  const no = { value: "no", files: [], entry: "e", seq: 1 };
  const open = told({ runs: no });
  assert.deepEqual(choices(open, runs, ""), ["crs1", "crs2"]);
  assert.deepEqual(missing(open, "").map((one) => one.slug), ["runs"]);
  assert.deepEqual(missing(told({ runs: no, [of(runs)]: { ...no, value: "crs2" } }), ""), []);
  assert.deepEqual(choices(told({ runs: { ...no, value: "yes" } }), runs, ""), []);
  assert.deepEqual(choices(told({ runs: no, scan: { ...no, value: "crs1" } }), runs, ""), []);
  assert.deepEqual(choices(told({ runs: no }, { crs: ["crs1"] }), runs, ""), []);
  const point = item("door", "scan", { asset: "", point: "back_door", required: false });
  assert.deepEqual(choices(told({ runs: no, door: { ...no, value: "ptabc" } }, undefined, point), runs, ""), ["crs1", "crs2"]);
  const other = item("ups", "scan", { asset: "ups", required: false });
  assert.deepEqual(choices(told({ runs: no, ups: { ...no, value: "ups1" } }, undefined, other), runs, ""), ["crs1", "crs2"]);
});
