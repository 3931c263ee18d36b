// Keyboard shortcuts of the window and a ticking timer.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (event.target.closest?.("input, select, textarea, dialog[open]")) return;
  const button = document.querySelector(`[data-shortcuts] [data-press="${CSS.escape(event.key.toUpperCase())}"]`);
  if (button) {
    event.preventDefault();
    button.click();
  }
});

const loaded = new WeakMap();
setInterval(() => {
  for (const timer of document.querySelectorAll(".timer[data-since]")) {
    if (!loaded.has(timer)) loaded.set(timer, Date.now());
    const seconds = (Date.parse(timer.dataset.now) - Date.parse(timer.dataset.since) + Date.now() - loaded.get(timer)) / 1000;
    const whole = Math.max(0, Math.floor(seconds));
    timer.textContent = `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
  }
}, 1000);
