// One-time codes: pasted with spaces or dashes from a mail, they arrive as bare figures; phones show the number keys.
const prepareCodes = (root) => {
  for (const input of root.querySelectorAll('input[autocomplete="one-time-code"]')) {
    input.inputMode = "numeric";
    input.addEventListener("paste", (event) => {
      const figures = event.clipboardData.getData("text").replace(/[\s\u2010-\u2015-]/g, "");
      if (!/^\d+$/.test(figures)) return;
      event.preventDefault();
      input.value = figures;
      input.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }
};
prepareCodes(document);
document.addEventListener("htmx:load", (event) => prepareCodes(event.target));
