// The predicted wait of a day by half hour: from the median (lower edge) to the P90 (upper edge). Grey is what is saved,
// coloured what is tried; a dashed line is the promise.
const SVG = "http://www.w3.org/2000/svg";

export function band({ saved, tried, start, end, promise, label }) {
  const days = [saved, tried].filter(Boolean);
  const top = Math.max(1, promise * 1.2, ...days.flatMap((d) => d.cells.map((c) => c.p90 ?? 0))) * 1.06;
  const picture = document.createElementNS(SVG, "svg");
  picture.setAttribute("class", "roster-band");
  picture.setAttribute("viewBox", `0 0 ${end - start} 100`);
  picture.setAttribute("preserveAspectRatio", "none");
  picture.setAttribute("role", "img");
  picture.setAttribute("aria-label", label);
  const draw = (name, attributes) => {
    const part = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) part.setAttribute(key, value);
    picture.append(part);
  };
  const y = (minutes) => (100 - (100 * minutes) / top).toFixed(2);
  const edge = (cells, name) => cells.map((c) => `${c.minute - start} ${y(c[name] ?? 0)}L${c.minute - start + 30} ${y(c[name] ?? 0)}`);
  const area = (day, kind) => {
    if (!day?.cells.length) return;
    const upper = edge(day.cells, "p90");
    const lower = edge([...day.cells].reverse(), "median").map((pair) => pair.split("L").reverse().join("L"));
    draw("path", { class: `band-area ${kind}`, d: `M${upper.join("L")}L${lower.join("L")}Z` });
    draw("path", { class: `band-line ${kind}`, d: `M${upper.join("L")}` });
  };
  area(saved, tried ? "saved" : "alone");
  area(tried, "tried");
  if (promise) draw("path", { class: "band-promise", d: `M0 ${y(promise)}H${end - start}` });
  return picture;
}
