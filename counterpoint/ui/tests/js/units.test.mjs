// Pure parts of the scripts, run by node --test.
import assert from "node:assert/strict";
import { test } from "node:test";
import { options } from "../../frontend/src/charts/options.js";
import { reconnectDelay } from "../../frontend/src/live.js";
import { firstWord, solve } from "../../frontend/src/proof.js";
import { parser } from "../../frontend/src/stream.js";
import { compare } from "../../frontend/src/tables.js";

const read = (...chunks) => {
  const found = [];
  const feed = parser((event) => found.push(event));
  chunks.forEach(feed);
  return found;
};

test("an event named by its kind is read with id and data", () => {
  assert.deepEqual(read('id: 7\nevent: onsite.ticket_taken\ndata: {"a":1}\n\n'), [{ name: "onsite.ticket_taken", data: '{"a":1}', id: "7" }]);
});

test("an event cut at any place is read the same", () => {
  const whole = 'event: a.b\r\ndata: one\r\ndata: two\r\n\r\n: ping\n\nevent: ping\ndata: {}\n\n';
  const wanted = read(whole);
  assert.equal(wanted[0].data, "one\ntwo");
  for (let cut = 1; cut < whole.length; cut++) assert.deepEqual(read(whole.slice(0, cut), whole.slice(cut)), wanted, `cut ${cut}`);
});

test("a comment counts as a ping and a retry line as nothing", () => {
  assert.deepEqual(read("retry: 2000\n\n: hello\n\n").map((event) => event.name), ["ping"]);
});

test("reconnects back off, spread by chance, and never exceed half a minute", () => {
  assert.ok(reconnectDelay(0, 0) >= 500 && reconnectDelay(0, 1) <= 1000);
  assert.ok(reconnectDelay(3, 0.2) !== reconnectDelay(3, 0.9));
  assert.equal(reconnectDelay(50, 1), 30_000);
});

test("empty cells sort last and numbers sort as numbers", () => {
  globalThis.document = { documentElement: { lang: "zh-hans" } };
  assert.deepEqual(["", 10, 9].sort(compare), [9, 10, ""]);
  assert.deepEqual(["窗口10", "窗口9"].sort(compare), ["窗口9", "窗口10"]);
});

const theme = { series: ["rgb(1, 2, 3)", "b", "c", "d", "e"], font: "f", ink: "i", soft: "s", line: "l", surface: "w", act: "r" };
const chart = { kind: "line", unit: "min", x: ["9", "10"], limits: [], rows: [], cells: [], series: [{ name: "P50", role: "forecast", values: [5, 7], low: [3, 4], high: [8, 11] }] };

test("a band is drawn between low and high, behind a dashed line", () => {
  const { series, tooltip } = options(chart, theme);
  assert.deepEqual(series.map((one) => one.data), [[3, 4], [5, 7], [5, 7]]);
  assert.equal(series[1].areaStyle.color, "rgba(1, 2, 3,0.16)");
  assert.equal(series[2].lineStyle.type, "dashed");
  assert.equal(tooltip.renderMode, "richText");
});

test("a tooltip names value, unit and range", () => {
  assert.equal(options(chart, theme).tooltip.formatter([{ dataIndex: 1 }]), "10\nP50  7 min  (4 – 11)");
});

test("a heat chart keeps gaps out of its scale", () => {
  const heat = options({ kind: "heat", unit: "min", x: ["a", "b"], rows: ["r"], cells: [[null, 4]], series: [] }, theme);
  assert.equal(heat.visualMap.max, 4);
});

test("the form's proof of work hashes like everybody else", async () => {
  const { createHash } = await import("node:crypto");
  for (const length of [0, 1, 54, 55, 56, 63, 64, 65, 119, 120, 300]) {
    const text = "b01.7:".repeat(60).slice(0, length);
    assert.equal(firstWord(text), createHash("sha256").update(text).digest().readUInt32BE(0));
  }
  const answer = solve("b01.1.k.s", 8, 0, 100000);
  assert.ok(createHash("sha256").update(`b01.1.k.s:${answer}`).digest()[0] === 0);
});
