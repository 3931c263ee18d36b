// What leave takes of a day in the roster editor.
import assert from "node:assert/strict";
import { test } from "node:test";
import { present, taken } from "../../../team/static/team/leave.js";

const day = { open: 540, close: 1020 };
const [morning, afternoon, whole] = [{ start: 0, end: 780 }, { start: 780, end: 1440 }, { start: 0, end: 1440 }];

test("a half on leave leaves the other half to work in", () => {
  assert.deepEqual(present(day, []), day);
  assert.deepEqual(present(day, [morning]), { open: 780, close: 1020 });
  assert.deepEqual(present(day, [afternoon]), { open: 540, close: 780 });
  assert.deepEqual(present(day, [{ start: 900, end: 1020 }, { start: 540, end: 600 }]), { open: 600, close: 900 });
});

test("leave over the whole day leaves no part to be offered, and the day is offered as it is", () => {
  for (const windows of [[whole], [morning, afternoon], [afternoon, morning], [morning, whole]]) assert.deepEqual(present(day, windows), day);
});

test("an hour in the middle cuts nothing off", () => assert.deepEqual(present(day, [{ start: 600, end: 660 }]), day));

test("a shift within leave is on leave, one that leave only touches on leave for a part", () => {
  const shift = { start: 780, end: 1020 };
  assert.equal(taken([], shift), null);
  assert.equal(taken([], undefined), null);
  assert.equal(taken([morning], undefined), "away");
  assert.equal(taken([whole], shift), "away");
  assert.equal(taken([afternoon], shift), "away");
  assert.equal(taken([morning], shift), "partly");
});
