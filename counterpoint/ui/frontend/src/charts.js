// Draws <figure data-chart> from its data-payload or data-url (htmx brings no script blocks in); loaded only where a chart stands on the page.
import { BarChart, HeatmapChart, LineChart } from "echarts/charts";
import { GridComponent, LegendComponent, MarkLineComponent, TooltipComponent, VisualMapComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { options } from "./charts/options.js";
import { theme } from "./charts/theme.js";
import { savePicture } from "./charts/picture.js";
import { word } from "./words.js";

use([BarChart, HeatmapChart, LineChart, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent, VisualMapComponent, CanvasRenderer]);

const drawn = new Map();

export function drawAll(root) {
  for (const [figure, { chart }] of drawn) {
    if (figure.isConnected) continue;
    chart.dispose();
    drawn.delete(figure);
  }
  for (const figure of root.querySelectorAll("[data-chart]:not([data-drawn])")) {
    figure.setAttribute("data-drawn", "");
    seen.observe(figure);
  }
}

// Charts below the fold cost nothing until they scroll near.
const seen = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      seen.unobserve(target);
      draw(target);
    }
  },
  { rootMargin: "200px" },
);

async function draw(figure) {
  const plot = figure.querySelector(".chart-plot");
  let data;
  try {
    data = await load(figure);
  } catch {
    plot.textContent = word("chart_unreachable");
    return;
  }
  const chart = init(plot, null, { renderer: "canvas" });
  chart.setOption(options(data, theme(), plot.clientWidth));
  drawn.set(figure, { chart, data });
  new ResizeObserver(() => chart.resize()).observe(plot);
  figure.querySelector("[data-picture]")?.addEventListener("click", () => savePicture(chart, figure, theme()));
  figure.setAttribute("data-ready", "");
}

async function load(figure) {
  if (figure.dataset.payload) return JSON.parse(figure.dataset.payload);
  const answer = await fetch(figure.dataset.url, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-chart-table]");
  if (!button) return;
  const figure = button.closest("[data-chart]");
  const table = figure.querySelector("[data-table]");
  table.hidden = !table.hidden;
  figure.querySelector(".chart-plot").hidden = !table.hidden;
  button.setAttribute("aria-pressed", String(!table.hidden));
  drawn.get(figure)?.chart.resize();
});

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  for (const { chart, data } of drawn.values()) chart.setOption(options(data, theme(), chart.getWidth()), true);
});
