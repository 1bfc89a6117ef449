// Counts a quiz's time down from what the server said was left: [data-seconds-left]. Says so politely at 5 minutes and
// at 1, and at the end opens [data-then], where the server hands in what was saved. The server's clock decides.
const shown = document.querySelector("[data-seconds-left]");
if (shown) {
  const end = Date.now() + Number(shown.dataset.secondsLeft) * 1000; // a clock that goes on while the device sleeps
  const left = () => Math.max(0, Math.ceil((end - Date.now()) / 1000));
  const rules = new Intl.PluralRules(document.documentElement.lang);
  const many = (forms, number) => {
    const fits = (form) => form.split(":")[0].split(" ").some((sample) => rules.select(sample) === rules.select(number));
    const form = forms.split("|").find(fits) ?? forms.split("|").at(-1);
    return form.slice(form.indexOf(":") + 1).replace("{n}", number);
  };
  const words = (seconds) => (seconds < 120 ? many(shown.dataset.seconds, seconds) : many(shown.dataset.minutes, Math.round(seconds / 60)));
  const warnings = [300, 60].filter((seconds) => seconds < left());
  const tick = () => {
    const seconds = left();
    shown.textContent = words(seconds);
    if (warnings.length && seconds <= warnings[0]) {
      while (warnings.length && seconds <= warnings[0]) warnings.shift();
      document.getElementById("announcements").textContent = `${words(seconds)}.`;
      shown.closest("p").classList.replace("soft", "message");
      shown.closest("p").classList.add("warning");
    }
    if (seconds > 0) return;
    clearInterval(clock);
    setTimeout(() => location.assign(shown.dataset.then), 1000);
  };
  const clock = setInterval(tick, 1000);
  tick();
}
