// Keeps the app's own files on the phone. The server puts `self.SHELL = {version, page, files}` in front of this script.
const PREFIX = "rounds-";
const name = PREFIX + self.SHELL.version;

self.addEventListener("install", (event) => {
  const fill = async () => {
    const cache = await caches.open(name);
    await cache.addAll([self.SHELL.page, ...self.SHELL.files].map((url) => new Request(url, { cache: "reload" })));
    await self.skipWaiting();
  };
  event.waitUntil(fill());
});

// A page of the version before may still ask for its files: the newest older cache stays.
self.addEventListener("activate", (event) => {
  const tidy = async () => {
    const older = (await caches.keys()).filter((key) => key.startsWith(PREFIX) && key !== name);
    await Promise.all(older.slice(0, -1).map((key) => caches.delete(key)));
    await self.clients.claim();
  };
  event.waitUntil(tidy());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  const page = request.mode === "navigate" && url.pathname === self.SHELL.page;
  if (!page && !url.pathname.startsWith(self.SHELL.statics)) return;
  const kept = async () => (await caches.match(page ? self.SHELL.page : url.pathname)) ?? fetch(request);
  event.respondWith(kept());
});
