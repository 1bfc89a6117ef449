// Numbers the saves of an answer, so that a slow older one never overwrites a newer one: form > input[name=sequence].
// A save that did not arrive says so in #saved, and is sent again once the browser is online.
const counted = (form) => form.elements?.sequence;
let waiting = null;
document.addEventListener("htmx:configRequest", (event) => {
  const counter = counted(event.target);
  if (!counter) return;
  event.detail.parameters.sequence = counter.value;
  counter.value = Number(counter.value) + 1;
  waiting = null;
});
for (const failure of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.addEventListener(failure, (event) => {
    if (!counted(event.target)) return;
    waiting = event.target;
    document.getElementById("saved").textContent = "Not saved yet: the portal could not be reached. What you answered stays here; any button below it tries again.";
  });
}
addEventListener("online", () => waiting?.dispatchEvent(new Event("change")));
