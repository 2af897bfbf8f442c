// The service worker of one event's check-in (events/views/at_desk.py puts CONFIG before it): the page, its list and
// what both need are kept for when there is no connection. With one, the hub always answers. Nothing that changes
// something goes through here: that is the queue's. Once the hub says that whoever asks may not come in (signed out, a
// link that was revoked or has expired), or after a day, what was kept is thrown away.
const NAME = `check-in ${CONFIG.page}`, DAY = 24 * 60 * 60 * 1000, PATIENCE = 4000, KEPT_AT = "X-Kept-At";

self.addEventListener("install", (event) => {
  event.waitUntil(fill().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(self.clients.claim());
});

self.addEventListener("fetch", (event) => {
  const { request } = event, { origin, pathname, search } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (CONFIG.assets.includes(pathname)) event.respondWith(asset(request, pathname));
  else if (pathname === CONFIG.page) event.respondWith(newest(request, CONFIG.page, !search));
  else if (pathname === CONFIG.people) event.respondWith(newest(request, CONFIG.people, !search));
});

async function fill() {
  const cache = await caches.open(NAME);
  await Promise.all(CONFIG.assets.map(async (path) => cache.put(path, await fetched(path))));
  for (const path of [CONFIG.page, CONFIG.people]) await keep(cache, path, await fetched(path));
}

async function fetched(path) {
  const answer = await fetch(path, { credentials: "same-origin" });
  if (!answer.ok || answer.redirected) throw new Error(`${path}: ${answer.status}`);
  return answer;
}

// its files are named after what is in them, but for a hub under development
async function asset(request, path) {
  const cache = await caches.open(NAME);
  try {
    const answer = await fetch(request);
    if (answer.ok) await cache.put(path, answer.clone());
    return answer;
  } catch (error) {
    return (await cache.match(path)) ?? Promise.reject(error);
  }
}

async function newest(request, path, isWhole) {
  const cache = await caches.open(NAME);
  try {
    const answer = await withinTime(fetch(request));
    if (answer.type === "opaqueredirect" || answer.redirected || [401, 403, 404, 410].includes(answer.status)) await caches.delete(NAME);
    else if (answer.ok && isWhole) await keep(cache, path, answer.clone());
    return answer;
  } catch (error) {
    const kept = await cache.match(path);
    if (!kept) throw error;
    if (Date.now() - Number(kept.headers.get(KEPT_AT)) < DAY) return kept;
    await caches.delete(NAME);
    throw error;
  }
}

async function keep(cache, path, answer) {
  const headers = new Headers(answer.headers);
  headers.set(KEPT_AT, Date.now());
  await cache.put(path, new Response(await answer.blob(), { status: answer.status, headers }));
}

function withinTime(asked) {
  return Promise.race([asked, new Promise((_, fail) => setTimeout(() => fail(new Error("no answer in time")), PATIENCE))]);
}
