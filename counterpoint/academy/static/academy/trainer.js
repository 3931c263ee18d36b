// Figures are not refreshed under somebody who is filling in a form.
const busy = () => document.querySelector("#trainer details[open]");
document.body.addEventListener("htmx:beforeRequest", (event) => event.target.id === "trainer" && busy() && event.preventDefault());
document.body.addEventListener("htmx:beforeSwap", (event) => event.target.id === "trainer" && busy() && (event.detail.shouldSwap = false));
