// The editor of a lesson: marks and directives at the caret, a preview beside the text, a draft that saves itself.
// Without this script there are the field, the Preview button and the findings of the saved draft.
const PREVIEW_AFTER = 700, LOOK_AFTER = 1200, SAVE_AFTER = 2000, SAVE_AT_LATEST = 15000, TRY_AGAIN = 10000;

class Closed extends Error {}

const edit = (editor) => {
  const form = editor.closest("form");
  const fields = Object.fromEntries(["title", "question", "body", "revision"].map((name) => [name, form.elements[name]]));
  const text = fields.body;
  const frame = editor.querySelector("iframe");
  const saved = editor.querySelector("[data-saved]");
  const conflict = editor.querySelector("[data-conflict]");
  const dialog = editor.querySelector("dialog");
  const token = form.elements.csrfmiddlewaretoken.value;
  const now = () => Object.fromEntries(["title", "question", "body"].map((name) => [name, fields[name].value]));
  const same = (one, other) => Object.keys(one).every((name) => one[name] === other[name]);
  let kept = now();
  let others = false;
  let leaving = false;
  editor.querySelectorAll("[data-with-script]").forEach((part) => { part.hidden = false; });
  editor.dataset.ready = "";

  const post = async (address, values) => {
    const answer = await fetch(address, { method: "POST", body: new URLSearchParams(values), headers: { "X-CSRFToken": token } });
    // To the log-in, or to a page that says that this is not open to the person.
    if (answer.redirected || answer.status === 403) throw new Closed();
    if (!answer.ok) throw new Error(String(answer.status));
    return answer;
  };
  const later = (wait, act) => {
    let timer = null;
    return () => { clearTimeout(timer); timer = setTimeout(act, wait); };
  };

  // --- What is written at the caret. insertText keeps the browser's own undo.
  const insert = (words, from, to) => {
    text.focus();
    if (!document.execCommand("insertText", false, words)) {
      text.setRangeText(words);
      text.dispatchEvent(new Event("input", { bubbles: true }));
    }
    text.setSelectionRange(from, to);
  };
  // Blank lines before and after a block, and no more than are missing.
  const fitted = (before, after, words) => {
    const above = text.value.slice(0, text.selectionStart), below = text.value.slice(text.selectionEnd);
    let start = before, end = after;
    if (start.startsWith("\n\n")) start = start.trimStart().padStart(start.trimStart().length + (!above || above.endsWith("\n\n") ? 0 : above.endsWith("\n") ? 1 : 2), "\n");
    if (end.endsWith("\n") && (below.startsWith("\n") || !below)) end = end.replace(/\n+$/, below.startsWith("\n\n") || !below ? "" : "\n");
    return [start, words, end];
  };
  const around = (before, after, words, behind) => {
    const chosen = text.value.slice(text.selectionStart, text.selectionEnd) || words;
    const at = text.selectionStart;
    const [start, middle, end] = fitted(before, after, chosen);
    const last = at + start.length + middle.length;
    insert(start + middle + end, behind ? last : at + start.length, last);
  };
  // Something of its own, after what is selected.
  const add = (before, after, words) => {
    text.setSelectionRange(text.selectionEnd, text.selectionEnd);
    around(before, after, words, true);
  };
  editor.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.before !== undefined) around(button.dataset.before, button.dataset.after, button.dataset.words);
    else if (button.dataset.snippet) add("\n\n", "\n\n", button.dataset.snippet);
    else if (button.dataset.pick) pick(button);
    else if (button.dataset.insert) take(button);
    else if (button.dataset.line) show(Number(button.dataset.line));
    else if (button.dataset.width) choose(button, "width");
    else if (button.dataset.theme) choose(button, "theme");
    else if (button.dataset.keep) settle(button.dataset.keep);
    else if (button.dataset.close !== undefined) dialog.close();
    else if (button.dataset.preview !== undefined) { event.preventDefault(); preview(); }
  });
  text.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    const button = editor.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
    if (!button || !event.key.trim()) return;
    event.preventDefault();
    event.stopPropagation();
    button.click();
  });
  const show = (line) => {
    const lines = text.value.split("\n");
    const from = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    text.focus();
    text.setSelectionRange(from, from + (lines[line - 1] ?? "").length);
    text.scrollTop = Math.max(0, (text.scrollHeight / lines.length) * (line - 4));
  };

  // --- Lists to pick from.
  let list = "";
  const search = dialog.querySelector("[data-search]");
  const entries = dialog.querySelector("[data-entries]");
  const fill = async () => {
    const asked = `${list}?q=${encodeURIComponent(search.value)}`;
    try {
      const answer = await fetch(asked);
      if (!answer.ok || answer.redirected) throw new Error();
      const html = await answer.text();
      if (asked === `${list}?q=${encodeURIComponent(search.value)}`) entries.innerHTML = html;
    } catch { entries.textContent = editor.dataset.noList; }
  };
  const pick = (button) => {
    list = button.dataset.pick;
    search.value = "";
    entries.textContent = "";
    dialog.setAttribute("aria-label", button.textContent.replace("…", ""));
    dialog.showModal();
    search.focus();
    fill();
  };
  const take = (button) => {
    dialog.close();
    const [before, after] = button.dataset.insert.split("{words}");
    if (after === undefined) add(before.startsWith("\n\n") ? "\n\n" : "", before.endsWith("\n") ? "\n\n" : "", before.trim());
    else around(before, after, button.dataset.words);
  };
  search.addEventListener("input", later(250, fill));
  search.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });

  // --- The page beside the text. Its words are put in place, so that it keeps its scroll position.
  let asked = 0;
  const dress = () => {
    const chosen = editor.querySelector(".au-pair [data-theme][aria-pressed='true']");
    frame.contentDocument?.documentElement?.setAttribute("data-theme", chosen.dataset.theme);
  };
  const preview = async () => {
    const number = ++asked;
    try {
      const html = await (await post(editor.dataset.frame, now())).text();
      if (number !== asked) return;
      const fresh = new DOMParser().parseFromString(html, "text/html").getElementById("main");
      const shown = frame.contentDocument?.getElementById("main");
      if (fresh && shown) shown.replaceWith(frame.contentDocument.importNode(fresh, true));
    } catch { /* the next change asks again */ }
  };
  const measure = () => {
    const box = frame.parentElement;
    if (box.dataset.width === "desktop") {
      const scale = box.clientWidth / 1100;
      frame.style.transform = `scale(${scale})`;
      frame.style.height = `${box.clientHeight / scale}px`;
    } else frame.removeAttribute("style");
  };
  const choose = (button, name) => {
    for (const one of button.parentElement.children) one.setAttribute("aria-pressed", String(one === button));
    if (name === "width") { frame.parentElement.dataset.width = button.dataset.width; measure(); } else dress();
  };
  new ResizeObserver(measure).observe(frame.parentElement);
  frame.addEventListener("load", dress);
  if (document.documentElement.classList.contains("dark")) choose(editor.querySelector("[data-theme=dark]"), "theme");
  else dress();

  // --- What to mend.
  const look = async () => {
    try { editor.querySelector("[data-findings]").innerHTML = await (await post(editor.dataset.look, { body: text.value })).text(); } catch { /* the next change asks again */ }
  };

  // --- The draft. One request at a time; never over a newer one.
  let sending = false, since = 0, stopped = Boolean(conflict.children.length), again = null;
  const say = (words, wrong) => { saved.textContent = words; saved.parentElement.toggleAttribute("data-wrong", Boolean(wrong)); };
  const save = async () => {
    clearTimeout(again);
    if (sending || stopped || same(kept, now())) return;
    sending = true;
    since = 0;
    const sent = now();
    let answer = null, why = "";
    try {
      answer = await (await post(editor.dataset.autosave, { ...sent, revision: fields.revision.value })).json();
    } catch (problem) { why = problem instanceof Closed ? editor.dataset.closed : editor.dataset.unreached; }
    sending = false;
    if (!answer) {
      say(why, true);
      again = setTimeout(save, TRY_AGAIN);
    } else if (answer.conflict) {
      stopped = true;
      conflict.innerHTML = answer.conflict;
      ask();
      say(editor.dataset.newer, true);
      conflict.firstElementChild.focus();
      conflict.firstElementChild.scrollIntoView({ block: "nearest" });
    } else if (answer.refused) say(answer.refused, true);
    else {
      kept = sent;
      fields.revision.value = answer.revision;
      say(editor.dataset.savedAt.replace("{time}", new Date(answer.saved_at).toLocaleTimeString(document.documentElement.lang)));
      if (!same(kept, now())) soon();
    }
  };
  const ask = () => {
    conflict.querySelector("[data-with-script]").hidden = false;
    conflict.querySelector("[data-without-script]").hidden = true;
  };
  const settle = (which) => {
    const theirs = Object.fromEntries([...conflict.querySelectorAll("[data-theirs]")].map((part) => [part.dataset.theirs, part.value]));
    const mine = now();
    fields.revision.value = conflict.querySelector("[data-revision]").dataset.revision;
    stopped = false;
    if (which === "theirs") {
      for (const name of Object.keys(theirs)) fields[name].value = theirs[name];
      kept = now();
      for (const part of conflict.querySelectorAll("[data-theirs]")) part.value = mine[part.dataset.theirs];
      for (const part of conflict.querySelectorAll("[data-yours]")) part.textContent = part.dataset.yours;
      conflict.querySelectorAll("p:not(:has(input)), details:first-of-type, [data-with-script]").forEach((part) => part.remove());
      say(editor.dataset.taken);
    } else {
      conflict.textContent = "";
      kept = { title: null, question: null, body: null };
      save();
    }
    preview();
    look();
    text.focus();
  };
  const soonPreview = later(PREVIEW_AFTER, preview), soonLook = later(LOOK_AFTER, look), soon = later(SAVE_AFTER, save);
  form.addEventListener("input", (event) => {
    if (dialog.contains(event.target)) return;
    if (!["title", "question", "body"].some((name) => fields[name] === event.target)) { others = true; return; }
    soonPreview();
    if (event.target === text) soonLook();
    since ||= Date.now();
    if (Date.now() - since > SAVE_AT_LATEST) save(); else soon();
  });
  form.addEventListener("change", (event) => {
    if (!dialog.contains(event.target) && !["title", "question", "body"].some((name) => fields[name] === event.target)) others = true;
  });
  form.addEventListener("submit", () => { leaving = true; stopped = true; });
  window.addEventListener("beforeunload", (event) => { if (!leaving && (others || !same(kept, now()))) event.preventDefault(); });
  if (stopped) ask();
};
document.querySelectorAll("[data-editor]").forEach(edit);
