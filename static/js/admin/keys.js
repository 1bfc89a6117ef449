// Unfold's own switches (filters, the menu of the account, the lists beside a page, the theme) know clicks alone:
// with this, keys reach them and work them, too.
const SWITCHES = ":is(a:not([href]), span, div)[x-on\\:click]";
const REACHED = "a[href], button, input, select, textarea, summary";

document.addEventListener("DOMContentLoaded", () => {
  for (const each of document.querySelectorAll(SWITCHES)) {
    if (!each.textContent.trim() || each.querySelector(REACHED)) continue;
    each.tabIndex = 0;
    each.setAttribute("role", "button");
  }
});
let opener = null, panel = null;
const lead = () => {
  const panels = [document.getElementById("changelist-filter"), opener.parentElement.querySelector("nav")];
  panel = panels.find((each) => each?.checkVisibility());
  panel?.querySelector(`${REACHED}, [role=button]`)?.focus();
};
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && panel?.contains(event.target)) opener.focus();
  if (!["Enter", " "].includes(event.key) || !event.target.matches(`${SWITCHES}[role=button]`)) return;
  event.preventDefault();
  opener = event.target;
  opener.click();
  requestAnimationFrame(() => requestAnimationFrame(lead));  // what it opens is there by then
});
