// A form that could not reach the portal says so where its answer would stand: [data-unsent] has the words.
for (const failure of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.addEventListener(failure, ({ detail: { elt, target } }) => {
    if (!elt.dataset.unsent) return;
    const words = document.createElement("p");
    words.className = "errorlist";
    words.textContent = elt.dataset.unsent;
    target.querySelectorAll("p, blockquote").forEach((old) => old.remove());
    target.append(words);
  });
}
