// A chime for each new call, made by the browser itself.
let latest = document.querySelector("[data-latest]")?.dataset.latest;
let audio;

function chime() {
  audio ??= new AudioContext();
  for (const [i, tone] of [880, 660].entries()) {
    const sound = audio.createOscillator();
    const volume = audio.createGain();
    const at = audio.currentTime + i * 0.35;
    sound.frequency.value = tone;
    volume.gain.setValueAtTime(0.25, at);
    volume.gain.exponentialRampToValueAtTime(0.001, at + 0.6);
    sound.connect(volume).connect(audio.destination);
    sound.start(at);
    sound.stop(at + 0.6);
  }
}

document.body.addEventListener("htmx:afterSwap", () => {
  const now = document.querySelector("[data-latest]")?.dataset.latest;
  if (now && now !== latest) chime();
  latest = now;
});
document.body.addEventListener("live:onsite.ticket_recalled", chime);
