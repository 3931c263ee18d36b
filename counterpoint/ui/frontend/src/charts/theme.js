// Colours come from the style sheet, so light and dark follow the page. A probe resolves light-dark() to one colour.
const NAMES = { accent: "--cp-accent", ink: "--cp-ink", soft: "--cp-ink-soft", line: "--cp-line", surface: "--cp-surface", act: "--cp-act", watch: "--cp-watch", heatLow: "--cp-heat-low", heatHigh: "--cp-heat-high" };

export function theme() {
  const probe = document.createElement("span");
  probe.hidden = true;
  document.body.append(probe);
  const colour = (name) => {
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
  };
  const found = Object.fromEntries(Object.entries(NAMES).map(([key, name]) => [key, colour(name)]));
  found.series = [1, 2, 3, 4, 5].map((n) => colour(`--cp-chart-${n}`));
  found.font = getComputedStyle(document.body).fontFamily;
  probe.remove();
  return found;
}

export const faint = (colour, alpha) => colour.replace(/rgba?\(([^)]+)\)/, (_, parts) => `rgba(${parts.split(",").slice(0, 3)},${alpha})`);
