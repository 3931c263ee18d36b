// Serves the kept copy of the plans when the server does not answer. Only addresses under /plays/ and the copy's own files.
const CACHE = "counterpoint-plays";
const PAGE = new URL("offline", self.registration.scope).pathname;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  if (request.mode === "navigate") event.respondWith(visit(request));
  else event.respondWith(fetch(request).catch(async () => (await held(request)) ?? Response.error()));
});

async function visit(request) {
  try {
    const answer = await fetch(request);
    if (answer.status >= 502) throw new Error(String(answer.status));
    if (answer.ok && !answer.redirected && new URL(request.url).pathname === PAGE) await renew(answer.clone());
    return answer;
  } catch {
    return (await held(PAGE)) ?? Response.error();
  }
}

async function renew(answer) {
  const cache = await caches.open(CACHE);
  if (await cache.match(PAGE)) await cache.put(PAGE, answer);
}

async function held(what) {
  return (await caches.open(CACHE)).match(what, { ignoreVary: true });
}
