// Pure: chart description and theme in, ECharts options out. Tooltips are drawn on the canvas (rich text), so the page
// needs no inline styles.
import { faint } from "./theme.js";

export function options(data, theme, width = 600) {
  const build = data.kind === "heat" ? heat : lines;
  return { animation: false, textStyle: { fontFamily: theme.font, color: theme.ink }, ...build(data, theme, width) };
}

const text = (theme) => ({ color: theme.soft, fontSize: 12, fontFamily: theme.font });
const plain = (value) => (value === null || value === undefined || Number.isNaN(value) ? "–" : String(Math.round(value * 100) / 100));

function tooltip(theme, more) {
  return {
    renderMode: "richText",
    confine: true,
    backgroundColor: theme.surface,
    borderColor: theme.line,
    textStyle: { color: theme.ink, fontSize: 12, fontFamily: theme.font },
    ...more,
  };
}

function categories(labels, theme, width, more = {}) {
  const every = Math.max(1, Math.ceil((labels.length * 44) / Math.max(width - 60, 1)));
  return {
    type: "category",
    data: labels,
    axisLabel: { ...text(theme), interval: (index) => index % every === 0, hideOverlap: true },
    axisLine: { lineStyle: { color: theme.line } },
    axisTick: { show: false },
    ...more,
  };
}

function values(data, theme, more = {}) {
  return {
    type: "value",
    name: data.unit,
    nameTextStyle: { ...text(theme), align: "left", padding: [0, 0, 0, -24] },
    axisLabel: text(theme),
    splitLine: { lineStyle: { color: theme.line } },
    splitNumber: 4,
    ...more,
  };
}

function lines(data, theme, width) {
  const across = data.kind === "ranking";
  const marks = markLines(data, theme, across);
  const series = data.series.flatMap((one, index) => drawSeries(one, index, data, theme));
  if (marks && series.length) series[0].markLine = marks;
  const x = categories(data.x, theme, width, { boundaryGap: data.kind !== "line" });
  const y = values(data, theme);
  const named = data.series.filter((one) => one.name);
  return {
    grid: { left: 8, right: 16, top: named.length > 1 ? 56 : 32, bottom: 4, containLabel: true },
    legend: named.length > 1 ? { top: 0, left: 0, itemWidth: 20, itemHeight: 8, textStyle: text(theme), data: named.map((one) => one.name), type: "scroll" } : undefined,
    tooltip: tooltip(theme, { trigger: "axis", axisPointer: { type: data.kind === "bars" || across ? "shadow" : "line" }, formatter: (points) => describe(points, data) }),
    xAxis: across ? { ...y, nameLocation: "end" } : x,
    yAxis: across ? { ...x, inverse: true, axisLabel: text(theme) } : y,
    series,
  };
}

function describe(points, data) {
  const index = points[0].dataIndex;
  const rows = data.series.map((one) => {
    const range = one.low ? `  (${plain(one.low[index])} – ${plain(one.high[index])})` : "";
    return `${one.name || ""}  ${plain(one.values[index])} ${data.unit}${range}`.trim();
  });
  return [data.x[index], ...rows].join("\n");
}

function drawSeries(one, index, data, theme) {
  const colour = one.role === "limit" ? theme.act : one.role === "compare" ? theme.series[4] : theme.series[index % theme.series.length];
  const bar = data.kind === "bars" || data.kind === "ranking" || one.role === "bars";
  const main = {
    name: one.name,
    type: bar ? "bar" : "line",
    data: one.values,
    step: data.kind === "steps" || one.role === "coverage" ? "end" : false,
    symbol: data.x.length > 40 ? "none" : ["circle", "rect", "triangle", "diamond", "emptyCircle"][index % 5],
    symbolSize: 4,
    showSymbol: data.x.length <= 24,
    stack: data.stacked ? "all" : undefined,
    barMaxWidth: 24,
    lineStyle: { width: 2, type: dash(one.role) },
    itemStyle: { color: colour, borderRadius: bar ? 2 : 0 },
    z: 5,
  };
  return one.low ? [...band(one, colour), main] : [main];
}

const dash = (role) => (role === "forecast" || role === "limit" ? "dashed" : role === "compare" ? "dotted" : "solid");

// P10–P90 as two stacked areas: an invisible floor and the width above it.
function band(one, colour) {
  const hidden = { type: "line", stack: `band-${one.name}`, symbol: "none", lineStyle: { opacity: 0 }, silent: true, tooltip: { show: false }, stackStrategy: "all" };
  return [
    { ...hidden, data: one.low },
    { ...hidden, data: one.high.map((high, i) => (high === null ? null : high - one.low[i])), areaStyle: { color: faint(colour, 0.16) } },
  ];
}

function markLines(data, theme, across) {
  const found = [];
  for (const { value, label } of data.limits ?? []) {
    found.push({ [across ? "xAxis" : "yAxis"]: value, label: { formatter: label, position: "insideEndTop", color: theme.act }, lineStyle: { color: theme.act, type: "dashed" } });
  }
  if (data.now) found.push({ xAxis: data.now, label: { formatter: data.nowLabel ?? "", position: "insideEndTop", rotate: 0, color: theme.ink }, lineStyle: { color: theme.ink, type: "solid", width: 1 } });
  return found.length ? { symbol: "none", silent: true, label: { fontFamily: theme.font, fontSize: 12 }, data: found } : null;
}

function heat(data, theme, width) {
  const cells = data.rows.flatMap((_, y) => data.x.map((__, x) => [x, y, data.cells[y][x]]));
  const known = cells.map((cell) => cell[2]).filter((value) => value !== null);
  return {
    grid: { left: 8, right: 16, top: 8, bottom: 44, containLabel: true },
    tooltip: tooltip(theme, { formatter: ({ value: [x, y, v] }) => `${data.rows[y]}  ${data.x[x]}\n${plain(v)} ${data.unit}` }),
    xAxis: categories(data.x, theme, width, { splitArea: { show: false } }),
    yAxis: { type: "category", data: data.rows, inverse: true, axisLabel: text(theme), axisLine: { show: false }, axisTick: { show: false } },
    visualMap: { type: "continuous", min: Math.min(0, ...known), max: Math.max(1, ...known), orient: "horizontal", left: 0, bottom: 0, itemHeight: 120, itemWidth: 10, calculable: false, text: [`${plain(Math.max(...known))} ${data.unit}`, plain(Math.min(...known))], textStyle: text(theme), inRange: { color: [theme.heatLow, theme.heatHigh] } },
    series: [{ type: "heatmap", data: cells, itemStyle: { borderColor: theme.surface, borderWidth: 2 } }],
  };
}
