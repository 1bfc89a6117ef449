// The guests' choice of light or dark in the footer: kept in a cookie for a year, applied at once.
const themeSwitch = document.getElementById("theme-switch");
if (themeSwitch) {
  const root = document.documentElement;
  themeSwitch.value = root.getAttribute("data-theme") || "system";
  themeSwitch.addEventListener("change", () => {
    const theme = themeSwitch.value;
    const secure = location.protocol === "https:" ? "; Secure" : "";
    const age = theme === "system" ? 0 : 31536000;
    document.cookie = `theme=${theme}; Max-Age=${age}; Path=/; SameSite=Lax${secure}`;
    if (theme === "system") root.removeAttribute("data-theme");
    else root.setAttribute("data-theme", theme);
  });
  themeSwitch.parentElement.dataset.ready = "";
}
