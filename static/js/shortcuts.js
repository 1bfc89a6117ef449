// Single keys: [data-shortcut] names the key of a link, a button or a summary; ? lists them all. A learner's profile switches
// them off (<html data-single-keys="off">), a visitor's box in the list does, and this browser remembers. WCAG 2.1.4.
const list = document.getElementById("shortcuts");
if (list) {
  const root = document.documentElement;
  const box = document.getElementById("single-keys");
  const kept = "single-keys";
  if (box) {
    try { box.checked = localStorage.getItem(kept) !== "off"; } catch { /* it holds for this page then */ }
    const set = () => { root.dataset.singleKeys = box.checked ? "on" : "off"; };
    set();
    box.addEventListener("change", () => {
      set();
      try { localStorage.setItem(kept, root.dataset.singleKeys); } catch { /* as above */ }
    });
  }
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
    if (root.dataset.singleKeys === "off" || document.querySelector("dialog[open]")) return;
    if (event.target.closest?.("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]")) return;
    if (event.key === "?") {
      event.preventDefault();
      list.showModal();
      return;
    }
    const named = document.querySelector(`[data-shortcut="${CSS.escape(event.key)}"]`);
    if (!named) return;
    event.preventDefault();
    if (named.tagName !== "SUMMARY") named.click();
    else {
      named.parentElement.open = true;
      (named.parentElement.querySelector("textarea") || named).focus();
    }
  });
  list.addEventListener("click", (event) => {
    if (event.target === list) list.close();
  });
}
