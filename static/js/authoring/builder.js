// The course builder: rows can be dragged, and every form changes the tree without leaving the page.
// The buttons and forms do the same by themselves where this script does not run.

const draggable = (builder) => {
  for (const row of builder.querySelectorAll("[data-drag]")) {
    const grip = row.querySelector(".au-grip");
    grip.addEventListener("mousedown", () => { row.draggable = true; });
    row.addEventListener("dragend", () => { row.draggable = false; });
  }
  builder.dataset.ready = "";
};

const say = (builder, words, wrong) => {
  const said = builder.querySelector("[data-said]");
  said.textContent = words;
  said.classList.toggle("au-wrong", Boolean(wrong));
};

const send = async (builder, data, focus) => {
  builder.setAttribute("aria-busy", "true");
  const opened = [...builder.querySelectorAll(".au-found[open]")].map((one) => one.closest("[id]").id);
  let answer;
  try {
    answer = await fetch(builder.dataset.builder, { method: "POST", body: data, headers: { "X-Part": "builder" } });
  } catch { answer = null; }
  builder.removeAttribute("aria-busy");
  if (!answer?.ok) return say(builder, builder.dataset.silent, true);
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("builder");
  // A page of another kind (such as the log-in) is no tree.
  if (!fresh) return say(builder, builder.dataset.silent, true);
  const words = fresh.querySelector("[data-said]").textContent;
  const wrong = fresh.querySelector("[data-said]").classList.contains("au-wrong");
  fresh.querySelector("[data-said]").textContent = "";
  builder.replaceWith(fresh);
  draggable(fresh);
  const row = document.getElementById(fresh.querySelector("[data-said]").dataset.at);
  row?.setAttribute("data-at-here", "");
  const way = focus && row?.querySelector(`:scope .au-move[data-way="${focus}"]`);
  const target = way && !way.disabled ? way : row?.querySelector("button:enabled, a");
  target?.focus({ preventScroll: true });
  row?.scrollIntoView({ block: "nearest" });
  opened.forEach((id) => document.getElementById(id)?.querySelector(".au-found")?.setAttribute("open", ""));
  // What is said after the tree stands is read out.
  setTimeout(() => say(fresh, words, wrong), 50);
};

document.addEventListener("submit", (event) => {
  const builder = event.target.closest("#builder");
  if (!builder) return;
  event.preventDefault();
  if (builder.getAttribute("aria-busy")) return;
  send(builder, new FormData(event.target, event.submitter), event.submitter?.dataset.way);
});

let dragged = null;
const unmark = () => document.querySelectorAll(".au-over, .au-over-end").forEach((one) => one.classList.remove("au-over", "au-over-end"));
// Where a dragged row would go: the element to mark, and what the form then says.
const place = (event) => {
  const module = event.target.closest?.("[data-module]");
  if (!dragged || !module) return null;
  if (dragged.dataset.lesson === undefined) {
    const moving = dragged.closest("[data-module]");
    if (module === moving) return null;
    const others = [...module.parentElement.querySelectorAll(":scope > [data-module]")].filter((one) => one !== moving);
    const box = module.getBoundingClientRect();
    const below = event.clientY > box.top + box.height / 2;
    return { mark: module, below, move: `${dragged.dataset.drag}:${others.indexOf(module) + Number(below)}` };
  }
  const others = [...module.querySelectorAll("[data-lesson]")].filter((one) => one !== dragged);
  const row = event.target.closest("[data-lesson]");
  if (row === dragged) return null;
  if (!row) {
    const first = Boolean(event.target.closest(".au-head"));
    return { mark: module.querySelector(first ? ".au-head" : ".au-lessons"), below: true, move: `${dragged.dataset.drag}:module-${module.dataset.module}:${first ? 0 : others.length}` };
  }
  const box = row.getBoundingClientRect();
  const below = event.clientY > box.top + box.height / 2;
  return { mark: row, below, move: `${dragged.dataset.drag}:module-${module.dataset.module}:${others.indexOf(row) + Number(below)}` };
};
document.addEventListener("dragstart", (event) => {
  const row = event.target.closest?.("#builder [data-drag]");
  if (!row?.draggable) return;
  dragged = row;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", "");
  row.classList.add("au-dragged");
});
document.addEventListener("dragover", (event) => {
  const found = place(event);
  if (!found) return;
  event.preventDefault();
  unmark();
  found.mark.classList.add(found.below ? "au-over-end" : "au-over");
});
document.addEventListener("dragend", () => {
  dragged?.classList.remove("au-dragged");
  dragged = null;
  unmark();
});
document.addEventListener("drop", (event) => {
  const found = place(event);
  if (!found) return;
  event.preventDefault();
  const builder = dragged.closest("#builder");
  const data = new FormData(builder.querySelector("#builder-form"));
  data.delete("pick");
  data.set("move", found.move);
  send(builder, data);
});

const builder = document.getElementById("builder");
if (builder) draggable(builder);
