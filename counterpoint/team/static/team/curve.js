// People on posts against the need of a day, as steps: pale bars the busy day, darker bars the need, a line the posts.
const SVG = "http://www.w3.org/2000/svg";

// `saved` (coverage before an unsaved change) is a thin dashed line.
export function curve({ state, day, skill, perDay, saved = null }) {
  const keys = skill ? [skill] : Object.keys(state.skills);
  const sum = (series) => Array.from({ length: perDay }, (_, n) => keys.reduce((all, key) => all + (series[key]?.[day * perDay + n] ?? 0), 0));
  const need = sum(state.need);
  const busy = sum(state.need_p90);
  const staffed = sum(state.coverage);
  const top = Math.max(1, ...need, ...busy, ...staffed);
  const picture = document.createElementNS(SVG, "svg");
  picture.setAttribute("class", "roster-curve");
  picture.setAttribute("viewBox", `0 0 ${perDay} ${top + 0.5}`);
  picture.setAttribute("preserveAspectRatio", "none");
  picture.setAttribute("role", "img");
  const draw = (name, attributes) => {
    const part = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) part.setAttribute(key, value);
    picture.append(part);
  };
  const floor = top + 0.5;
  for (let n = 0; n < perDay; n++) {
    draw("rect", { class: "busy", x: n, y: floor - busy[n], width: 1, height: busy[n] });
    draw("rect", { class: "need", x: n, y: floor - need[n], width: 1, height: need[n] });
    if (staffed[n] < need[n]) draw("rect", { class: "gap", x: n, y: floor - need[n], width: 1, height: need[n] - staffed[n] });
  }
  const steps = (counts) => counts.map((count, n) => `${n ? "L" : "M"}${n} ${floor - count}H${n + 1}`).join("");
  if (saved) draw("path", { class: "staffed before", d: steps(sum(saved)) });
  draw("path", { class: "staffed", d: steps(staffed) });
  const short = need.reduce((all, count, n) => all + Math.max(0, count - staffed[n]), 0);
  picture.setAttribute("aria-label", `${Math.max(...staffed)} / ${Math.max(...need)} (−${short / 2} h)`);
  return picture;
}
