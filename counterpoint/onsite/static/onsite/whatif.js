// A slider says what it stands at while it moves; the server answers when it is let go. Another day is another page.
document.addEventListener("input", ({ target }) => {
  const output = target.type === "range" && target.closest(".slider")?.querySelector("output");
  if (output) output.textContent = `${Number(target.value) > 0 && Number(target.min) < 0 ? "+" : ""}${target.value} %`;
});
document.addEventListener("change", ({ target }) => {
  if (target.matches(".whatif-day select")) target.form.requestSubmit();
});
