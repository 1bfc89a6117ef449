// The keys 1 to 9 choose an answer; the box below the question switches that off, and this browser remembers it.
const box = document.querySelector("input[data-number-keys]");
if (document.documentElement.dataset.singleKeys !== "off" && box?.form.querySelector("input[name=option]") && matchMedia("(any-hover: hover)").matches) {
  const name = "number-keys";
  const kept = { get: () => { try { return localStorage.getItem(name); } catch { return null; } }, set: (value) => { try { localStorage.setItem(name, value); } catch { /* it holds for this page then */ } } };
  box.closest("[hidden]").hidden = false;
  box.checked = kept.get() !== "off";
  box.addEventListener("change", () => kept.set(box.checked ? "on" : "off"));
  document.addEventListener("keydown", (event) => {
    if (!box.checked || event.ctrlKey || event.metaKey || event.altKey || !/^[1-9]$/.test(event.key)) return;
    if (event.target.matches("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]")) return;
    if (document.querySelector("dialog[open]")) return;
    const options = box.form.querySelectorAll("input[name=option]");
    const option = options[Number(event.key) - 1];
    if (!option) return;
    event.preventDefault();
    option.focus();
    option.click();
  });
}
