// After a swap the focus goes where the reader's attention is ([data-focus]), and a polite live region says what changed
// ([data-announce], else the text that took the focus). A page that loads with errors starts at their sum.
const attend = (root) => {
  const find = (name) => (root.matches?.(`[${name}]`) ? root : root.querySelector(`[${name}]`));
  const target = find("data-focus");
  if (target) {
    if (!target.hasAttribute("tabindex") && target.tabIndex < 0) target.tabIndex = -1;
    target.focus();
  }
  return { target, spoken: find("data-announce") };
};
document.addEventListener("htmx:afterSettle", (event) => {
  const { target, spoken } = attend(event.detail.elt);
  const text = spoken ? spoken.dataset.announce || spoken.textContent : "";
  if (text || target) document.getElementById("announcements").textContent = text.trim();
});
attend(document);
