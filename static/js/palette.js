// The search over every page: Ctrl+K, / or the Search link open it, arrows walk through what was found, Escape shuts it and
// the browser gives the focus back.
const palette = document.getElementById("palette");
if (palette) {
  const words = document.getElementById("palette-words");
  const found = document.getElementById("palette-found");
  const typing = (node) => node.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(node.tagName);
  const open = (event) => {
    event.preventDefault();
    if (!palette.open) palette.showModal();
    words.focus();
    words.select();
  };
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.altKey || event.shiftKey && event.key !== "/") return;
    const command = event.ctrlKey || event.metaKey;
    if (command && event.key.toLowerCase() === "k") open(event);
    else if (!command && event.key === "/" && document.documentElement.dataset.singleKeys !== "off" && !typing(event.target) && !document.querySelector("dialog[open]")) open(event);
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-palette]");
    if (link && event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey)) open(event);
    else if (event.target === palette || event.target.closest("[data-shut]")) palette.close();
    else if (palette.open && event.target.closest("#palette-found a")) palette.close(); // it may lead to this very page
  });
  palette.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const stops = [words, ...found.querySelectorAll("a")];
    const at = stops.indexOf(document.activeElement);
    if (at < 0) return;
    event.preventDefault();
    stops[Math.min(Math.max(at + (event.key === "ArrowDown" ? 1 : -1), 0), stops.length - 1)].focus();
  });
  found.addEventListener("htmx:afterSettle", () => {
    document.getElementById("palette-count").textContent = found.querySelector("[data-count]")?.textContent || "";
  });
}
