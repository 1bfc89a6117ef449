// Blocks on purpose and stands first: it pins a guest's chosen theme before anything is painted.
// A learner's theme is written into the page by the server and is left alone.
{
  const root = document.documentElement;
  const chosen = /(?:^|; )theme=(light|dark)(?:;|$)/.exec(document.cookie);
  if (chosen && !root.hasAttribute("data-theme")) root.setAttribute("data-theme", chosen[1]);
}
