// One key answers: [data-key] names the key of a button or link. It works only while the focus is inside [data-keys], so that
// no stray letter, and no spoken word that software types, sets anything off elsewhere on the page.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (event.key.length === 1 && document.documentElement.dataset.singleKeys === "off") return;
  const area = event.target.closest?.("[data-keys]");
  if (!area || event.target.closest("a, input:not([type=radio]), select, textarea") || (event.key === "Enter" && event.target.closest("button"))) return;
  const named = area.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!named) return;
  event.preventDefault();
  named.click();
});
