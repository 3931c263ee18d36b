// Clocks of a play: [data-until] counts down to an instant, [data-since] counts up. The server's own now corrects a wrong
// clock of the device; it comes anew with every refresh.
const pad = (n) => String(n).padStart(2, "0");

export function left(seconds, big) {
  const over = seconds < 0;
  const s = Math.abs(Math.round(seconds));
  const [hours, minutes, rest] = [Math.floor(s / 3600), Math.floor(s / 60) % 60, s % 60];
  const text = hours || big ? `${hours}:${pad(minutes)}:${pad(rest)}` : `${minutes}:${pad(rest)}`;
  return over ? `+${text}` : text;
}

function shift() {
  const root = document.querySelector("[data-now]");
  if (!root) return 0;
  if (root.dataset.heard === undefined) root.dataset.heard = String(Date.now());
  return new Date(root.dataset.now).getTime() - Number(root.dataset.heard);
}

function tick() {
  const now = Date.now() + shift();
  for (const one of document.querySelectorAll("[data-until]")) {
    const seconds = (new Date(one.dataset.until).getTime() - now) / 1000;
    one.textContent = left(seconds, "big" in one.dataset);
    one.toggleAttribute("data-over", seconds < 0);
  }
  for (const one of document.querySelectorAll("[data-since]")) {
    one.textContent = left((now - new Date(one.dataset.since).getTime()) / 1000, true);
  }
}

if (typeof document !== "undefined") {
  tick();
  setInterval(tick, 1000);
  document.body.addEventListener("htmx:afterSwap", tick);
}
