// Modules saved on this device, and answers that wait here to be sent: docs/decisions/offline.md.
// Nothing of it runs, and nothing is stored, before somebody presses "Save this module".
const root = document.documentElement;
const MARK = "saved-by"; // in localStorage: by what we know whose modules these are (learning/offline.py)
const owner = () => localStorage.getItem(MARK) || "";
const reader = root.dataset.reader || "";
const isCopy = "copy" in root.dataset;
const LANGUAGE = root.lang;
const says = document.querySelector('meta[name="offline"]').dataset; // templates/layout/offline_words.html
const insert = (text, values) => text.replace(/{(\w+)}/g, (_, name) => values[name]);
const rules = new Intl.PluralRules(LANGUAGE);
const many = (forms, number) => {
  const fits = (form) => form.split(":")[0].split(" ").some((sample) => rules.select(sample) === rules.select(number));
  const form = forms.split("|").find(fits) ?? forms.split("|").at(-1);
  return insert(form.slice(form.indexOf(":") + 1), { n: number });
};
const when = (at) => new Date(at).toLocaleString(LANGUAGE, { dateStyle: "long", timeStyle: "short" });

// --- What is stored: modules {id, title, at, bytes, lessons: [{url, title}]} and answers {id, to, key, seen, fields, …}
const finished = (request) => new Promise((done, failed) => {
  request.onsuccess = request.oncomplete = () => done(request.result);
  request.onerror = request.onabort = () => failed(request.error);
});
const inStore = async (name, mode, verb, what) => {
  const opening = indexedDB.open("offline", 1);
  opening.onupgradeneeded = () => ["modules", "answers"].forEach((each) => opening.result.createObjectStore(each, { keyPath: "id" }));
  const base = await finished(opening);
  base.onversionchange = () => base.close();
  try {
    const change = base.transaction(name, mode);
    const asked = change.objectStore(name)[verb](what);
    await finished(change);
    return asked.result;
  } finally {
    base.close();
  }
};
const all = (name) => inStore(name, "readonly", "getAll");
const put = (name, row) => inStore(name, "readwrite", "put", row);
const drop = (name, id) => inStore(name, "readwrite", "delete", id);

const wipe = async () => {
  localStorage.removeItem(MARK);
  await Promise.all((await caches.keys()).map((name) => caches.delete(name)));
  await finished(indexedDB.deleteDatabase("offline"));
  await Promise.all((await navigator.serviceWorker.getRegistrations()).map((worker) => worker.unregister()));
};

// --- Saving a module: the copies of its lessons and all that they show, in one cache, or nothing
const needed = (html) => {
  const found = new DOMParser().parseFromString(html, "text/html").querySelectorAll("link[rel=stylesheet], link[rel=icon], script[src], img[src]");
  return [...found].map((each) => new URL(each.getAttribute("src") || each.getAttribute("href"), location.href).href);
};
const save = async (place) => {
  const { module: id, title, pages } = place.dataset;
  const got = new Map();
  const take = async (address) => {
    if (got.has(address)) return "";
    const answer = await fetch(address, { cache: "no-cache" });
    if (!answer.ok || answer.redirected) throw new Error(address);
    got.set(address, answer.clone());
    return answer;
  };
  const lessons = [];
  for (const page of pages.split(" ")) {
    const html = await (await take(page)).text();
    const heading = new DOMParser().parseFromString(html, "text/html").querySelector("h1").textContent;
    lessons.push({ url: page.replace(/offline\/$/, ""), title: heading });
    for (const address of needed(html)) await take(address);
  }
  const sizes = await Promise.all([...got.values()].map(async (answer) => (await answer.clone().blob()).size));
  await navigator.serviceWorker.register("/sw.js");
  await navigator.serviceWorker.ready;
  navigator.storage.persist?.(); // may ask the person, who need not hurry
  const cache = await caches.open(`module ${id}`);
  await Promise.all((await cache.keys()).map((old) => cache.delete(old)));
  await Promise.all([...got].map(([address, answer]) => cache.put(address, answer)));
  localStorage.setItem(MARK, reader);
  await put("modules", { id, title, lessons, at: Date.now(), bytes: sizes.reduce((sum, size) => sum + size, 0) });
};
const remove = async (id) => {
  await caches.delete(`module ${id}`);
  await drop("modules", id);
  if (!(await all("modules")).length && !(await all("answers")).length) await wipe();
};
const showPlace = async (place, error = "") => {
  const row = owner() ? (await all("modules")).find(({ id }) => id === place.dataset.module) : null;
  place.querySelector("button").hidden = Boolean(row);
  const said = place.querySelector("[role=status]");
  said.textContent = error || (row ? `${insert(says.savedOn, { when: when(row.at) })} ` : "");
  if (row) said.append(link("/offline/", says.what));
};
for (const place of document.querySelectorAll("[data-module]")) {
  const button = place.querySelector("button");
  button.addEventListener("click", async () => {
    button.disabled = true;
    place.querySelector("[role=status]").textContent = says.saving;
    let error = "";
    try { await save(place); } catch { error = `${says.failed} `; }
    button.disabled = false;
    await showPlace(place, error);
  });
}

// --- Keeping an answer: in a saved copy always, on a page of the portal when it cannot be reached
const link = (href, text) => Object.assign(document.createElement("a"), { href, textContent: text });
const words = (element) => (element?.textContent || "").trim();
const said = (form) => [...form.querySelectorAll("input:checked, select, input[name=answer]")].map((field) => {
  const label = words(field.labels?.[0]?.querySelector("span") || field.labels?.[0]);
  if (field.tagName === "SELECT") return `${label}: ${field.selectedOptions[0]?.textContent}`;
  const item = words(field.closest(".item")?.querySelector("p"));
  return field.name === "answer" ? field.value : item ? `${item}: ${label}` : label;
}).join("; ");
const tell = (form, text) => {
  const line = form.querySelector(".waits") || Object.assign(document.createElement("p"), { className: "callout waits", tabIndex: -1 });
  line.textContent = text;
  form.append(line);
  return line;
};
const keep = async (form, button) => {
  const { key = "", seen } = form.dataset;
  const fields = [...new FormData(form, button)].filter(([name]) => name !== "csrfmiddlewaretoken");
  if (key && !fields.some(([name, value]) => name !== "sureness" && name !== "time_zone" && value)) {
    tell(form, says.empty).focus();
    return;
  }
  const to = form.closest("[data-keep]").dataset.keep;
  const about = { title: words(document.querySelector("h1")), prompt: words(form.querySelector("legend")), said: said(form) };
  await put("answers", { id: `${to} ${key}`, to, key, seen, fields, reader: owner(), at: Date.now(), refused: "", ...about });
  tell(form, says.waits).focus();
  await notice();
  if (navigator.onLine) await send();
};
let pressed = null;
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.matches('[action$="/accounts/logout/"]') && owner()) {
    event.preventDefault();
    event.stopPropagation();
    try { await wipe(); } finally { form.submit(); }
  } else if (form.matches("[data-seen]") && owner() && (isCopy || reader === owner() && !navigator.onLine)) {
    event.preventDefault();
    event.stopPropagation();
    await keep(form, event.submitter);
  }
  pressed = event.submitter;
}, true);
document.addEventListener("htmx:sendError", ({ detail: { elt } }) => {
  if (elt.matches("form[data-seen]") && reader && reader === owner()) keep(elt, pressed);
});

// --- Sending: each once, in the order in which they were given; what is not taken stays and says why
const token = () => /(?:^|; )(?:__Host-)?csrftoken=([^;]+)/.exec(document.cookie)?.[1] || "";
const send = () => navigator.locks.request("offline-send", async () => {
  let sent = 0;
  const waiting = (await all("answers")).filter((row) => !row.refused && row.reader === owner());
  for (const row of waiting.sort((one, other) => one.at - other.at)) {
    const body = new URLSearchParams([...row.fields, ["reader", row.reader], ["seen", row.seen], ["key", row.key]]);
    let answer;
    try { answer = await fetch(row.to, { method: "POST", body, headers: { "X-CSRFToken": token() }, redirect: "manual" }); } catch { break; }
    if (answer.status === 409) return forget();
    if (answer.ok) {
      const { taken, words: why } = await answer.json();
      if (taken) { await drop("answers", row.id); sent += 1; } else await put("answers", { ...row, refused: why });
    } else if (answer.status === 404) await put("answers", { ...row, refused: says.gone });
    else if (answer.status === 400) await put("answers", { ...row, refused: says.unread });
    else break;
  }
  return notice(sent);
});

// Somebody else is logged in: nothing is sent in their name, and nothing stays but how much was lost.
const forget = async () => {
  const lost = (await all("answers")).length;
  await wipe();
  if (lost) card(many(says.notYours, lost));
};

// --- What the person sees of it
const card = (text, more) => {
  const old = document.querySelector(".waiting");
  const fresh = old || Object.assign(document.createElement("div"), { className: "waiting message row", role: "status" });
  if (!text) return old?.remove();
  fresh.replaceChildren(Object.assign(document.createElement("p"), { textContent: `${text} ` }));
  if (more) fresh.firstChild.append(link("/offline/", more));
  const close = Object.assign(document.createElement("button"), { type: "button", className: "button small", textContent: says.close });
  close.addEventListener("click", () => fresh.remove());
  fresh.append(close);
  if (!old) document.body.append(fresh);
};
const notice = async (sent = 0) => {
  const rows = await all("answers");
  const refused = rows.filter((row) => row.refused).length;
  const waiting = rows.length - refused;
  const lines = [
    sent ? many(says.sent, sent) : "",
    waiting ? many(reader || isCopy ? says.waiting : says.logIn, waiting) : "",
    refused ? many(says.notCounted, refused) : "",
  ];
  const listed = document.getElementById("saved"); // there they stand in full
  if (!listed || sent) card(lines.filter(Boolean).join(" "), !listed && (waiting || refused) ? says.see : "");
  const leaving = document.querySelector('form[action$="/accounts/logout/"]');
  leaving?.querySelector(".waits")?.remove();
  if (leaving && waiting) leaving.prepend(tell(leaving, many(says.unsent, waiting)));
  await list();
};
const line = (parts, heading, text, action, act) => {
  const item = Object.assign(document.createElement("li"), { className: "stack tight" });
  const button = Object.assign(document.createElement("button"), { type: "button", className: "button small", textContent: action });
  button.setAttribute("aria-label", `${action}: ${words(heading)}`);
  button.addEventListener("click", async () => { await act(); await notice(); });
  item.append(heading, ...text.map((each) => Object.assign(document.createElement("p"), { className: "soft", textContent: each })), button);
  parts.append(item);
  return item;
};
const list = async () => {
  if (!document.getElementById("saved")) return;
  const modules = owner() ? await all("modules") : [];
  const answers = owner() ? await all("answers") : [];
  const fill = (name, rows, add) => {
    const part = document.getElementById(name);
    part.hidden = !rows.length;
    part.querySelector("ul").replaceChildren();
    for (const row of rows) add(part.querySelector("ul"), row);
  };
  const address = ({ to }) => to.replace(/offline\/send\/$/, "");
  const answer = (parts, row) => line(parts, link(address(row), row.title), [row.key ? `${row.prompt} ${insert(says.said, row)}` : says.completed, row.refused || insert(says.given, { when: when(row.at) })], says.remove, () => drop("answers", row.id));
  fill("saved-answers", answers.filter((row) => !row.refused), answer);
  fill("saved-refused", answers.filter((row) => row.refused), answer);
  fill("saved-modules", modules, (parts, row) => {
    const heading = Object.assign(document.createElement("h3"), { textContent: row.title });
    const size = (row.bytes / 1000).toLocaleString(LANGUAGE, { maximumFractionDigits: 0 });
    const item = line(parts, heading, [insert(says.saved, { when: when(row.at), size })], says.remove, () => remove(row.id));
    const lessons = document.createElement("ol");
    for (const { url, title } of row.lessons) lessons.appendChild(document.createElement("li")).append(link(url, title));
    item.insertBefore(lessons, item.lastChild);
  });
  document.getElementById("saved-nothing").hidden = Boolean(modules.length);
  document.getElementById("saved-instead").hidden = location.pathname === "/offline/";
};

// --- On every page of a browser that has saved something
const start = async () => {
  document.getElementById("saved-send")?.addEventListener("click", send);
  if (!owner()) return list();
  if (reader && reader !== owner()) return forget();
  for (const place of document.querySelectorAll("[data-module]")) await showPlace(place);
  const rows = await all("answers");
  for (const form of document.querySelectorAll("form[data-seen]")) {
    const id = `${form.closest("[data-keep]").dataset.keep} ${form.dataset.key || ""}`;
    const row = rows.find((each) => each.id === id && !each.refused);
    if (row) tell(form, row.said ? `${says.waits} ${insert(says.said, row)}` : says.waits);
  }
  for (const place of document.querySelectorAll("[data-saved-at]")) {
    const row = (await all("modules")).find(({ lessons }) => lessons.some(({ url }) => location.pathname.startsWith(url)));
    if (row) place.textContent = ` ${insert(says.at, { when: when(row.at) })}`;
  }
  await notice();
  if (navigator.onLine && rows.length && (reader || isCopy)) await send();
};
addEventListener("online", () => { if (owner() && (reader || isCopy)) send(); });
start();
