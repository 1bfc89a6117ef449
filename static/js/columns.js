// A table wider than its frame can be scrolled with the keys: the frame takes the focus only when there is something to scroll.
const frames = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
    else target.removeAttribute("tabindex");
  }
});
const watchFrames = (root) => root.querySelectorAll(".columns").forEach((frame) => frames.observe(frame));
watchFrames(document);
document.addEventListener("htmx:load", (event) => watchFrames(event.target));
