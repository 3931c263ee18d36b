// The offline copy: kept only when somebody asks for it on this device. Ticks stay on the device with their time, to be
// written down or entered later.
const { worker, scope, page } = document.body.dataset;
const CACHE = "counterpoint-plays";
const show = (state) => {
  for (const one of document.querySelectorAll("[data-state]")) one.hidden = one.dataset.state !== state;
};
const button = (name) => document.querySelector(`[data-${name}]`);

async function keep() {
  try {
    await navigator.serviceWorker.register(worker, { scope });
    const cache = await caches.open(CACHE);
    await cache.addAll([page, ...assets()].map((url) => new Request(url, { cache: "reload" })));
    await look();
  } catch {
    show("failed");
  }
}

function assets() {
  return [...document.querySelectorAll("link[rel=stylesheet], script[src]")].map((one) => one.href || one.src);
}

async function forget() {
  await caches.delete(CACHE);
  for (const one of await navigator.serviceWorker.getRegistrations()) if (one.scope.endsWith(scope)) await one.unregister();
  await look();
}

async function look() {
  if (!("serviceWorker" in navigator) || !("caches" in window)) return show("failed");
  const kept = await (await caches.open(CACHE)).match(page);
  button("keep").hidden = Boolean(kept);
  button("forget").hidden = !kept;
  if (!navigator.onLine) return show("offline");
  try {
    await fetch("/healthz", { cache: "no-store" });
    show(kept ? "kept" : "");
  } catch {
    show("offline");
  }
}

for (const box of document.querySelectorAll("[data-tick]")) {
  const mark = box.closest("label").querySelector("output");
  const held = localStorage.getItem(`plays-${box.dataset.tick}`);
  if (held) [box.checked, mark.textContent] = [true, held];
  box.addEventListener("change", () => {
    const at = box.checked ? new Date().toTimeString().slice(0, 5) : "";
    mark.textContent = at;
    if (at) localStorage.setItem(`plays-${box.dataset.tick}`, at);
    else localStorage.removeItem(`plays-${box.dataset.tick}`);
  });
}
button("keep").addEventListener("click", keep);
button("forget").addEventListener("click", forget);
look();
