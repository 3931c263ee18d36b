// Forms that lose nothing: one send a click, first error focused, unsent changes guarded, live counting of characters.
export function watchForms() {
  document.addEventListener("submit", lockOnce);
  document.body.addEventListener("htmx:afterRequest", (event) => {
    unlock(event.detail.elt);
    if (event.detail.successful) renewKey(event.detail.elt.closest?.("form"));
  });
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(unlock));
  document.addEventListener("input", (event) => {
    event.target.form?.setAttribute("data-dirty", "");
    if (event.target.form?.hasAttribute("data-asked")) renewKey(event.target.form);
    countCharacters(event.target);
  });
  window.addEventListener("beforeunload", (event) => {
    if (document.querySelector("form[data-guard][data-dirty]:not([data-sent])")) event.preventDefault();
  });
  document.body.addEventListener("htmx:afterSwap", (event) => focusFirstError(event.detail.target));
  focusFirstError(document);
}

function lockOnce(event) {
  const form = event.target;
  if (event.defaultPrevented && !form.matches("[hx-post], [hx-put], [hx-patch], [hx-delete]")) return;
  if (form.method !== "post") return;
  if (form.hasAttribute("data-sent")) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  form.setAttribute("data-sent", "");
  form.setAttribute("data-asked", "");
  // Disabling before the browser has read the pressed button would drop its value.
  setTimeout(() => form.querySelectorAll("[type=submit]").forEach((button) => button.setAttribute("aria-disabled", "true")));
}

function unlock(element) {
  const form = element.closest?.("form");
  if (!form) return;
  form.removeAttribute("data-sent");
  form.querySelectorAll("[type=submit]").forEach((button) => button.removeAttribute("aria-disabled"));
}

// The same words sent again after a lost answer keep their key and act once; an answer, or other words, end it.
function renewKey(form) {
  const key = form?.querySelector("[name=idempotency_key]");
  if (!key) return;
  key.value = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  form.removeAttribute("data-asked");
}

function focusFirstError(root) {
  (root?.querySelector?.("[aria-invalid=true]") ?? root?.querySelector?.("[data-form-errors]"))?.focus();
}

function countCharacters(field) {
  const limit = field.maxLength;
  const counter = limit > 0 && field.id && document.querySelector(`[data-counts="${CSS.escape(field.id)}"]`);
  if (counter) counter.textContent = `${field.value.length} / ${limit}`;
}
