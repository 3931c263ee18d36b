import { taken } from "./leave.js";

// People × days: times of every shift; a click opens the day.
export function weekTable({ state, words, make, clock, shiftOf, open }) {
  const head = make("tr", {}, make("th", {}), ...state.days.map((d, n) => make("th", {}, make("button", { type: "button", class: "btn btn-quiet", on: { click: () => open(n) } }, d.label))), make("th", {}, words.hours));
  const rows = state.people.map((person) => {
    let minutes = 0;
    const cells = state.days.map((_, n) => {
      const shift = shiftOf(person.id, n);
      const away = taken(person.away.filter((w) => w.day === n), shift);
      const bad = state.violations.some((v) => v.person === person.id && v.day === n && v.hard);
      if (!shift) return make("td", { class: away ? "away" : "off" }, away ? words.away : words.off);
      minutes += shift.end - shift.start - (shift.lunch ? shift.lunch.end - shift.lunch.start : 0);
      return make("td", { "data-bad": bad }, `${clock(shift.start)}–${clock(shift.end)}`, ...(away ? [make("small", { class: "soft" }, ` ${words[away]}`)] : []));
    });
    return make("tr", {}, make("th", { scope: "row" }, person.name), ...cells, make("td", {}, String(minutes / 60)));
  });
  return make("table", { class: "roster-week" }, make("thead", {}, head), make("tbody", {}, ...rows));
}
