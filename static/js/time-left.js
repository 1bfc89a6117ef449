// Counts a quiz's time down from what the server said was left: [data-seconds-left]. Says so politely at 5 minutes and
// at 1, and at the end opens [data-then], where the server hands in what was saved. The server's clock decides.
const shown = document.querySelector("[data-seconds-left]");
if (shown) {
  const end = performance.now() + Number(shown.dataset.secondsLeft) * 1000;
  const left = () => Math.max(0, Math.ceil((end - performance.now()) / 1000));
  const words = (seconds) =>
    seconds > 60 ? `${Math.ceil(seconds / 60)} minutes left` : `${seconds} second${seconds === 1 ? "" : "s"} left`;
  const warnings = [300, 60].filter((seconds) => seconds < left());
  const tick = () => {
    const seconds = left();
    shown.textContent = words(seconds);
    if (warnings.length && seconds <= warnings[0]) {
      const minutes = warnings.shift() / 60;
      document.getElementById("announcements").textContent = `${minutes} minute${minutes === 1 ? "" : "s"} left.`;
      shown.closest("p").classList.add("message", "warning");
    }
    if (seconds > 0) return;
    clearInterval(clock);
    setTimeout(() => location.assign(shown.dataset.then), 1000);
  };
  const clock = setInterval(tick, 1000);
  tick();
}
