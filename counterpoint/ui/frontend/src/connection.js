// Says that the page may be old: no network, or no news from the live stream.
import { word } from "./words.js";

export function watchConnection() {
  for (const kind of ["online", "offline"]) window.addEventListener(kind, showConnection);
  document.body.addEventListener("live:state", showConnection);
  showConnection();
}

function showConnection() {
  const state = navigator.onLine ? document.documentElement.dataset.liveState : "offline";
  document.documentElement.toggleAttribute("data-offline", state === "offline");
  const sign = document.getElementById("connection");
  if (!sign) return;
  sign.hidden = state !== "offline" && state !== "stale";
  const text = sign.querySelector("[data-text]");
  if (!sign.hidden && text) text.textContent = word(state);
}
