// Messages that do not move the page. The server sends them with HX-Trigger: {"toast": {"text", "level", "undo"}}.
import htmx from "htmx.org";
import { word } from "./words.js";

const SHOWN_FOR = 6_000;
const UNDO_FOR = 10_000;

export function watchToasts() {
  document.body.addEventListener("toast", (event) => toast(event.detail));
  if (document.querySelector("#toasts .toast-line")) raise();
  for (const shown of document.querySelectorAll("#toasts [data-fade]")) fade(shown, SHOWN_FOR);
  document.addEventListener("close", () => document.querySelector("#toasts .toast-line") && raise(), true);
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-close-toast]")) event.target.closest(".toast-line").remove();
  });
}

export function toast({ text, level = "calm", undo = "" }) {
  const line = document.getElementById("toast-template").content.firstElementChild.cloneNode(true);
  line.dataset.level = level;
  line.querySelector("[data-text]").textContent = text;
  const button = line.querySelector("[data-undo]");
  button.hidden = !undo;
  button.addEventListener("click", () => {
    line.remove();
    htmx.ajax("POST", undo, { swap: "none" }).then(() => htmx.trigger(document.body, "live:any"));
  });
  line.querySelector("[data-close-toast]").setAttribute("aria-label", word("close"));
  raise().append(line);
  if (level !== "act") fade(line, undo ? UNDO_FOR : SHOWN_FOR);
}

// A modal dialog covers and disables all outside it, so the messages live inside the open one, in the top layer.
function raise() {
  const box = document.getElementById("toasts");
  const home = [...document.querySelectorAll("dialog[open]")].at(-1) ?? document.body;
  if (box.parentElement !== home) home.append(box);
  if (box.matches(":popover-open")) box.hidePopover();
  box.showPopover();
  return box;
}

function fade(line, after) {
  let timer = setTimeout(() => line.remove(), after);
  line.addEventListener("pointerenter", () => clearTimeout(timer));
  line.addEventListener("pointerleave", () => (timer = setTimeout(() => line.remove(), after)));
}
