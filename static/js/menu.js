// Menus made of <details data-menu>: Escape closes and gives the focus back, a click or the focus elsewhere closes.
const openMenus = () => document.querySelectorAll("details[data-menu][open]");
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of openMenus()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
const closeFrom = (event) => {
  for (const menu of openMenus()) if (!menu.contains(event.target)) menu.open = false;
};
document.addEventListener("click", closeFrom);
document.addEventListener("focusin", closeFrom);
