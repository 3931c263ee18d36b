// One ticket for one customer: a second tap is swallowed, the key in the form does the rest. Offline is said aloud.
const form = document.querySelector("[data-kiosk]");
form?.addEventListener("submit", (event) => {
  if (form.hasAttribute("data-sent")) return event.preventDefault();
  form.setAttribute("data-sent", "");
});
window.addEventListener("pageshow", () => form?.removeAttribute("data-sent"));
const line = document.getElementById("connection");
const show = () => {
  if (line) line.hidden = navigator.onLine;
};
window.addEventListener("online", show);
window.addEventListener("offline", show);
show();
