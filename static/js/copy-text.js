// A text to take along ([data-copy]) gets a button that copies it; without it one selects and copies by hand.
if (navigator.clipboard) {
  for (const field of document.querySelectorAll("textarea[data-copy]")) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "button small", textContent: field.dataset.copy });
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(field.value);
      button.textContent = field.dataset.copied;
      document.getElementById("announcements").textContent = field.dataset.copied;
    });
    field.after(button);
  }
}
