// When a photo was taken, read from its bytes before it is drawn anew.
import assert from "node:assert/strict";
import test from "node:test";
import { takenAt } from "../../frontend/src/rounds/picture.js";

// The beginning of a JPEG as a camera writes it, made with Pillow: taken 2026:11:23 08:00:05 at +08:00, written in 2027.
const HEAD = Buffer.from("/9j/4AAQSkZJRgABAQAAAQABAAD/4QB8RXhpZgAATU0AKgAAAAgAAgEyAAIAAAAUAAAAJodpAAQAAAABAAAAOgAAAAAyMDI3OjAxOjAxIDAwOjAwOjAwAAACkAMAAgAAABQAAABYkBEAAgAAAAcAAABsAAAAADIwMjY6MTE6MjMgMDg6MDA6MDUAKzA4OjAwAAA=", "base64");
const WRITTEN = Date.parse("2026-11-25T10:00:00Z");
const file = (...parts) => new File(parts, "a.jpg", { lastModified: WRITTEN });

test("what the camera noted comes before when the file was written", async () => {
  assert.equal(await takenAt(file(HEAD)), "2026-11-23T00:00:05.000Z");
});

test("a file without a note was taken when it was written", async () => {
  assert.equal(await takenAt(file(HEAD.subarray(0, 20))), "2026-11-25T10:00:00.000Z");
  assert.equal(await takenAt(file("no picture at all")), "2026-11-25T10:00:00.000Z");
  assert.equal(await takenAt(file("")), "2026-11-25T10:00:00.000Z");
});

test("a file that is cut off or damaged anywhere claims something or nothing, and breaks nothing", async () => {
  for (let end = 0; end < HEAD.length; end++) assert.match(await takenAt(file(HEAD.subarray(0, end))), /^2026-11-2/);
  for (let at = 0; at < HEAD.length; at++) {
    const broken = Buffer.from(HEAD);
    broken[at] ^= 0xff;
    assert.equal(typeof (await takenAt(file(broken))), "string");
  }
});
