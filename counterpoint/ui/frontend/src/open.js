// Things that open in place: the drawer and the confirm dialog, both native <dialog>.
import htmx from "htmx.org";

export function watchPanels() {
  const drawer = document.getElementById("drawer");
  const confirm = document.getElementById("confirm");
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-drawer]");
    if (opener && drawer) openDrawer(event, opener, drawer);
    if (event.target.closest("[data-close-dialog]")) event.target.closest("dialog").close();
    if (event.target instanceof HTMLDialogElement && event.target.dataset.dismiss !== "no") event.target.close();
    const local = event.target.closest("[data-open-dialog]");
    if (local) document.getElementById(local.dataset.openDialog)?.showModal();
  });
  document.body.addEventListener("drawer:close", () => drawer?.close());
  if (confirm) {
    document.addEventListener("submit", (event) => askBeforeSubmit(event, confirm), true);
    document.body.addEventListener("htmx:confirm", (event) => askBeforeRequest(event, confirm));
  }
}

function openDrawer(event, opener, drawer) {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  drawer.querySelector("[data-title]").textContent = opener.dataset.drawer || opener.textContent.trim();
  const body = drawer.querySelector("[data-body]");
  body.replaceChildren(document.getElementById("loading-template").content.cloneNode(true));
  if (!drawer.open) drawer.showModal();
  htmx.ajax("GET", opener.getAttribute("href") ?? opener.dataset.url, { target: body, swap: "innerHTML" });
}

function ask(dialog, source) {
  const { confirm, confirmDetail = "", confirmVerb, confirmLevel = "" } = source.dataset;
  dialog.querySelector("[data-question]").textContent = confirm;
  dialog.querySelector("[data-detail]").textContent = confirmDetail;
  const yes = dialog.querySelector("[data-yes]");
  yes.textContent = confirmVerb || yes.dataset.word;
  yes.className = `btn ${confirmLevel === "act" ? "btn-danger" : "btn-primary"}`;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((answer) => dialog.addEventListener("close", () => answer(dialog.returnValue === "yes"), { once: true }));
}

// <form data-confirm="…"> or <button data-confirm="…"> asks first; the answer is remembered for one submit only.
async function askBeforeSubmit(event, dialog) {
  const source = event.submitter?.dataset.confirm ? event.submitter : event.target;
  if (!source.dataset.confirm || source.dataset.confirmed) {
    delete source.dataset.confirmed;
    return;
  }
  event.preventDefault();
  event.stopImmediatePropagation();
  if (!(await ask(dialog, source))) return;
  source.dataset.confirmed = "yes";
  event.target.requestSubmit(event.submitter ?? undefined);
}

async function askBeforeRequest(event, dialog) {
  const source = event.detail.elt;
  if (!source.dataset.confirm || source.tagName === "FORM") return;
  event.preventDefault();
  if (await ask(dialog, source)) event.detail.issueRequest(true);
}
