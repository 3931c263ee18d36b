// A part that refreshes itself never does so under somebody's hand: not while a button in it is pressed, a list or a menu
// in it is open, something is typed, ticked ([data-holds]) or dragged, nor while it shows the past ([data-replay]).
// What was missed is fetched when the hand is off. What htmx preserves loses nothing and holds nothing up.
// The keyboard stays on the control that it was on.
import htmx from "htmx.org";

const REFRESHES = '[hx-trigger*="from:body"], [hx-trigger*="every "]';
const IN_USE = "details[open], select:focus, textarea:focus, input:not([type=checkbox], [type=radio]):focus, [data-holds]:checked, .sortable-chosen";
// A tap's click comes a little after its finger is up.
const AFTERGLOW = 300;

const missed = new Set();
let pressed = null;
let lost = null;

export function watchHands() {
  document.addEventListener("pointerdown", press, true);
  document.addEventListener("keydown", (event) => event.key === " " && press(event), true);
  for (const end of ["pointerup", "pointercancel", "keyup"]) document.addEventListener(end, release, true);
  window.addEventListener("blur", release);
  for (const change of ["toggle", "change", "focusout"]) document.addEventListener(change, () => setTimeout(catchUp), true);
  document.body.addEventListener("htmx:beforeRequest", (event) => isHeld(event.detail.elt) && event.preventDefault());
  document.body.addEventListener("htmx:beforeSwap", beforeSwap);
  document.body.addEventListener("htmx:afterSwap", keepFocus);
}

function press(event) {
  pressed = event.target;
}

function release() {
  const mine = pressed;
  setTimeout(() => {
    if (pressed === mine) pressed = null;
    catchUp();
  }, AFTERGLOW);
}

function inUse(part) {
  if (part.contains(pressed) || part.hasAttribute("data-replay")) return true;
  return [...part.querySelectorAll(IN_USE)].some((one) => !one.closest("[hx-preserve]"));
}

// Only what a part asks for by itself waits; what a person sent is shown at once.
function isHeld(part) {
  const held = part.matches(REFRESHES) && inUse(part);
  if (held) missed.add(part);
  else missed.delete(part);
  return held;
}

function beforeSwap({ detail }) {
  if (isHeld(detail.requestConfig.elt)) detail.shouldSwap = false;
  const focused = document.activeElement;
  lost = detail.shouldSwap && !focused.id && detail.target.contains(focused) ? named(focused) : null;
}

function catchUp() {
  for (const part of missed) {
    if (part.isConnected && inUse(part)) continue;
    missed.delete(part);
    if (part.isConnected) htmx.ajax("GET", part.getAttribute("hx-get"), { source: part, target: part });
  }
}

// The same control after a refresh: the same words that send the same things to the same place.
function named(control) {
  const form = control.closest("form");
  const sent = [...(form?.querySelectorAll("[type=hidden]") ?? [])].filter((field) => !["csrfmiddlewaretoken", "idempotency_key"].includes(field.name));
  return JSON.stringify([control.tagName, control.name, control.getAttribute("href"), form?.getAttribute("action"), ...sent.map((field) => field.value), control.textContent.trim()]);
}

function keepFocus() {
  if (!lost || document.activeElement !== document.body) return;
  const same = [...document.querySelectorAll("a[href], button, summary")].filter((control) => named(control) === lost);
  if (same.length === 1) same[0].focus({ preventScroll: true });
  lost = null;
}
