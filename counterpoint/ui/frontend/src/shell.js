// Shell behaviour: menus that close, phone navigation, answers that were refused.
import htmx from "htmx.org";
import { watchConnection } from "./connection.js";
import { word } from "./words.js";

export function watchShell() {
  document.addEventListener("click", closeOtherMenus);
  document.addEventListener("keydown", closeOnEscape);
  document.body.addEventListener("htmx:sendError", () => document.documentElement.toggleAttribute("data-offline", true));
  document.body.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful) document.documentElement.toggleAttribute("data-offline", !navigator.onLine);
  });
  document.body.addEventListener("htmx:beforeSwap", swapProblems);
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-submit-on-change]")) event.target.form.requestSubmit();
  });
  watchConnection();
}

function closeOtherMenus(event) {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
}

function closeOnEscape(event) {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
}

// Refused forms come back as 422 and show in place; a lost session goes to the sign-in page; the rest becomes a message.
function swapProblems(event) {
  const { xhr } = event.detail;
  if (xhr.status === 422 || xhr.status === 409) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  } else if (xhr.status === 401) {
    window.location.reload();
  } else if (xhr.status >= 400) {
    htmx.trigger(document.body, "toast", { text: word(xhr.status === 404 ? "gone" : "failed"), level: "act" });
  }
}
