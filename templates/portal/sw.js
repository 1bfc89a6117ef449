// Serves what somebody saved on this device, and only while the network is away: docs/decisions/offline.md.
// Pages register it when the first module is saved, and take it away with the last.
const SHELL = "shell {{ release }}";
const SAVED = "{% url "learning:saved_modules" %}";
const SHELL_FILES = [SAVED, "{% static "crossroads.css" %}", "{% static "js/theme.js" %}", "{% static "crossroads.js" %}", "{% static "offline.js" %}", "{% static "icons.svg" %}"];

const kept = (address) => caches.match(address, { ignoreSearch: true, ignoreVary: true });

// A lesson's own address shows its saved copy; every other page the list of what is saved.
const page = async (request) => {
  try {
    return await fetch(request);
  } catch (away) {
    const { pathname } = new URL(request.url);
    const lesson = /^\/learn\/[^/]+\/[^/]+\/$/.test(pathname) && await kept(`${pathname}offline/`);
    return lesson || await kept(pathname) || await kept(SAVED) || Response.error();
  }
};

// A picture is saved in one width; it stands in for the others.
const file = async (request) => {
  try {
    return await fetch(request);
  } catch (away) {
    const { pathname } = new URL(request.url);
    const same = await kept(pathname);
    if (same || !pathname.startsWith("/media/")) return same || Response.error();
    const folder = pathname.slice(0, pathname.lastIndexOf("/") + 1);
    for (const name of await caches.keys()) {
      const found = (await (await caches.open(name)).keys()).find(({ url }) => new URL(url).pathname.startsWith(folder));
      if (found) return kept(found);
    }
    return Response.error();
  }
};

addEventListener("install", (event) => {
  skipWaiting();
  event.waitUntil(caches.open(SHELL).then((shell) => shell.addAll(SHELL_FILES)));
});

addEventListener("activate", (event) => {
  const tidy = async () => {
    const old = (await caches.keys()).filter((name) => name.startsWith("shell ") && name !== SHELL);
    await Promise.all(old.map((name) => caches.delete(name)));
    await clients.claim();
  };
  event.waitUntil(tidy());
});

addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (/^\/(static|media)\//.test(pathname)) event.respondWith(file(request));
});
