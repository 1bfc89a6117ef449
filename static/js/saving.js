// What is kept on this device has a script of its own: it comes when somebody saves a module, or has saved one.
const offline = document.querySelector('meta[name="offline"]');
if (offline && navigator.serviceWorker) {
  const load = () => import(offline.content);
  try { if (localStorage.getItem("saved-by")) load(); } catch { /* no storage, nothing saved */ }
  for (const place of document.querySelectorAll("[data-module]")) {
    const button = place.querySelector("button");
    button.addEventListener("click", async () => { await load(); button.click(); }, { once: true });
    place.dataset.ready = "";
  }
}
