// Kiosk and calling screen: live updates, a clock, reading aloud, and back to the start when nobody is there.
import htmx from "htmx.org";
import { watchConnection } from "./connection.js";
import { startLive } from "./live.js";

window.htmx = htmx;
watchConnection();
startLive(document.body.dataset.live);

const { idleSeconds, home } = document.body.dataset;
if (idleSeconds && home) {
  let timer;
  const rearm = () => {
    clearTimeout(timer);
    timer = setTimeout(() => location.assign(home), Number(idleSeconds) * 1000);
  };
  for (const kind of ["pointerdown", "keydown", "touchstart"]) document.addEventListener(kind, rearm, { passive: true });
  rearm();
}

// <button data-say="…"> reads its words aloud; [data-announce] is read when the server changes it.
const say = (words) => {
  if (!words || !("speechSynthesis" in window)) return;
  const spoken = new SpeechSynthesisUtterance(words);
  spoken.lang = document.documentElement.lang;
  speechSynthesis.speak(spoken);
};
document.addEventListener("click", (event) => say(event.target.closest("[data-say]")?.dataset.say));
document.body.addEventListener("htmx:load", (event) => {
  const announced = event.detail.elt.matches?.("[data-announce]") ? event.detail.elt : event.detail.elt.querySelector?.("[data-announce]");
  say(announced?.dataset.announce);
});

const clock = document.querySelector("[data-clock]");
if (clock) {
  const form = new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: clock.dataset.clock || undefined });
  const show = () => (clock.textContent = form.format(new Date()));
  show();
  setInterval(show, 5000);
}
