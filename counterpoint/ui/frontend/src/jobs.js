// <div data-job="/jobs/…"> follows a background job: {"state", "done", "total", "text", "url"} as JSON.
import { word } from "./words.js";

const FIRST = 600;
const SLOWEST = 5_000;
const ENDED = new Set(["done", "failed", "cancelled"]);

export function watchJobs(root) {
  for (const box of root.querySelectorAll("[data-job]:not([data-followed])")) {
    box.setAttribute("data-followed", "");
    follow(box, FIRST);
  }
}

async function follow(box, wait) {
  if (!box.isConnected) return;
  let next = Math.min(SLOWEST, wait * 1.3);
  try {
    const answer = await fetch(box.dataset.job, { headers: { Accept: "application/json" }, credentials: "same-origin" });
    if (!answer.ok) throw new Error(String(answer.status));
    const job = await answer.json();
    show(box, job);
    if (ENDED.has(job.state)) return finish(box, job);
  } catch {
    show(box, { text: word("job_unreachable") });
    next = SLOWEST;
  }
  setTimeout(() => follow(box, next), next * (0.8 + Math.random() * 0.4));
}

function show(box, { done, total, text }) {
  const bar = box.querySelector("progress");
  if (total) {
    bar.max = total;
    bar.value = done;
  }
  if (text !== undefined) box.querySelector("[data-text]").textContent = text;
}

function finish(box, job) {
  box.dataset.state = job.state;
  const link = box.querySelector("[data-result]");
  if (job.url && link) {
    link.href = job.url;
    link.hidden = false;
  }
  box.dispatchEvent(new CustomEvent(`job:${job.state}`, { bubbles: true, detail: job }));
}
