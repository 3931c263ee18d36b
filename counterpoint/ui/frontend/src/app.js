// The one script of every page. Words come from the page (#words), never from here.
import Alpine from "@alpinejs/csp";
import htmx from "htmx.org";
import { watchForms } from "./forms.js";
import { watchJobs } from "./jobs.js";
import { startLive } from "./live.js";
import { watchPanels } from "./open.js";
import { watchHands } from "./quiet.js";
import { watchShell } from "./shell.js";
import { watchTables } from "./tables.js";
import { toast, watchToasts } from "./toasts.js";

window.htmx = htmx;
window.Alpine = Alpine;
window.counterpoint = { toast };

// Heavy parts load only on pages that hold them, also when htmx brings them in later.
function enrich(root) {
  if (root.querySelector("[data-chart]")) import("./charts.js").then((charts) => charts.drawAll(root));
  if (root.querySelector("[data-sortable]")) import("./sortable.js").then((lists) => lists.watch(root));
  watchJobs(root);
  watchTables(root);
}

watchShell();
watchPanels();
watchForms();
watchHands();
watchToasts();
startLive(document.body.dataset.live);
enrich(document);
document.body.addEventListener("htmx:load", (event) => enrich(event.detail.elt.parentElement ?? document));

// A room's own script may register Alpine components on this event before the page starts.
document.dispatchEvent(new CustomEvent("counterpoint:ready"));
Alpine.start();
