// A form that could not reach the portal says so where its answer would stand: [data-unsent] has the words.
// What is saved at every change is sent again as soon as the browser is online.
let waiting = null;
for (const failure of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.addEventListener(failure, ({ detail: { elt, target } }) => {
    if (!elt.dataset.unsent) return;
    waiting = elt;
    const words = document.createElement("p");
    words.className = "errorlist";
    words.textContent = elt.dataset.unsent;
    target.querySelectorAll("p, blockquote").forEach((old) => old.remove());
    if (target.matches("p")) target.textContent = elt.dataset.unsent;
    else target.append(words);
  });
}
addEventListener("online", () => waiting?.dispatchEvent(new Event("change")));
