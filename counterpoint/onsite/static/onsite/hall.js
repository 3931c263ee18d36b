// The scrubber: back over today is a replay of the same screen; the frame changes with it, and live updates wait.
const hall = document.getElementById("hall");
const form = document.querySelector(".scrubber");
const range = form?.querySelector("input[type=range]");
const shown = form?.querySelector("output");
const back = form?.querySelector("[data-live-again]");
const two = (n) => String(n).padStart(2, "0");
let asked = 0;

async function fetchAt(minute) {
  const mine = ++asked;
  const answer = await fetch(`${form.dataset.url}?at=${minute}`, { headers: { "HX-Request": "true" }, credentials: "same-origin" });
  if (!answer.ok || mine !== asked) return;
  const parsed = new DOMParser().parseFromString(await answer.text(), "text/html");
  hall.replaceChildren(...parsed.body.childNodes);
  hall.toggleAttribute("data-replay", true);
  document.body.dataset.mode = "replay";
  const chip = document.querySelector(".bar .mode");
  if (chip) chip.className = "mode mode-replay";
  if (chip) chip.textContent = form.dataset.replayWord ? `${form.dataset.replayWord} ${two(Math.floor(minute / 60))}:${two(minute % 60)}` : chip.textContent;
  back.hidden = false;
}

let timer;
range?.addEventListener("input", () => {
  const minute = Number(range.value);
  shown.textContent = `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
  clearTimeout(timer);
  timer = setTimeout(() => fetchAt(minute), 120);
});

// A choice that was made closes its menu before the answer refreshes the hall.
document.body.addEventListener("htmx:beforeOnLoad", (event) => event.target.closest?.("details.lane-more")?.removeAttribute("open"));
