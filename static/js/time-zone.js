// Proposes the browser's time zone: <input name="time_zone"> that is still empty, <select name="time_zone"> marked data-propose.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const proposeZone = (root) => {
  if (!zone) return;
  for (const input of root.querySelectorAll('input[name="time_zone"]')) {
    if (!input.value) input.value = zone;
  }
  for (const select of root.querySelectorAll('select[name="time_zone"][data-propose]')) {
    if ([...select.options].some((option) => option.value === zone)) select.value = zone;
  }
};
proposeZone(document);
document.addEventListener("htmx:load", (event) => proposeZone(event.target));
