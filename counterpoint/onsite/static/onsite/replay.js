// The chosen minute goes with every form of the page.
const range = document.querySelector(".scrubber input[type=range]");
const two = (n) => String(n).padStart(2, "0");

range?.addEventListener("input", () => {
  const minute = Number(range.value);
  for (const field of document.querySelectorAll("[data-minute]")) field.value = String(minute);
  for (const shown of document.querySelectorAll("[data-minute-shown]")) shown.textContent = `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
});
