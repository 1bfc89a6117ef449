// Steps to put in order: a number for each, and with this script two buttons that move a step up or down.
const steps = (list) => [...list.querySelectorAll(".step")];
const renumber = (list) => {
  steps(list).forEach((step, at, all) => {
    step.querySelector("select").value = String(at + 1);
    step.querySelector("[data-move='-1']").disabled = at === 0;
    step.querySelector("[data-move='1']").disabled = at === all.length - 1;
  });
};
const byNumber = (list) => {
  const number = (step) => Number(step.querySelector("select").value) || steps(list).length + 1;
  list.append(...steps(list).sort((one, other) => number(one) - number(other)));
};
const addButtons = (root) => root.querySelectorAll("[data-order]:not([data-ready])").forEach((list) => {
  list.dataset.ready = "";
  for (const step of steps(list)) {
    const moves = document.createElement("div");
    moves.className = "moves";
    for (const [by, sign, words] of [[-1, "↑", list.dataset.up], [1, "↓", list.dataset.down]]) {
      const button = document.createElement("button");
      Object.assign(button, { type: "button", className: "move", textContent: sign });
      button.dataset.move = by;
      button.setAttribute("aria-label", words.replace("{step}", () => step.querySelector("span").textContent));
      moves.append(button);
    }
    step.append(moves);
  }
  byNumber(list);
  if (steps(list).every((step) => step.querySelector("select").value)) renumber(list);
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-order] [data-move]");
  if (!button) return;
  const step = button.closest(".step");
  const list = step.parentElement;
  byNumber(list);
  if (button.dataset.move === "1") step.nextElementSibling?.after(step);
  else step.previousElementSibling?.before(step);
  renumber(list);
  document.getElementById("announcements").textContent = list.dataset.now.replace("{number}", step.querySelector("select").value);
  (button.disabled ? step.querySelector(".move:enabled") : button)?.focus();
  step.querySelector("select").dispatchEvent(new Event("change", { bubbles: true }));
});
addButtons(document);
document.addEventListener("htmx:load", (event) => addButtons(event.target));
