// Buttons with data-copy put that text on the clipboard and say so; without a clipboard they select it to copy by hand.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const said = button.textContent;
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = "Copied";
  } catch {
    const field = document.getElementById(button.getAttribute("aria-describedby"));
    if (field) { field.focus(); field.select?.(); }
    button.textContent = "Press Ctrl-C";
  }
  setTimeout(() => { button.textContent = said; }, 2000);
});
