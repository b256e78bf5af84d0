// Keeps the phone's pages for when there is no network. Pages and data: the network first, what was kept when it fails.
// Files under /static/: what is kept first, renewed behind it. Only answers to GET that say 200 are kept; never an act.

const CACHE = "bihuan-field-1";
const SHELL = [
  "/field/checkpoint/",
  "/static/field/field.css",
  "/static/field/checkpoint.css",
  "/static/field/checkpoint.js",
  "/static/field/landing.js",
  "/static/field/outbox.js",
  "/static/field/passes.js",
  "/static/field/scan.js",
  "/static/desk/logo.svg",
];
const READER = ["/static/lib/zxing-reader.js", "/static/lib/zxing_reader.wasm"];
// Pages kept for offline use; a page that shows a person is never kept.
const KEPT_PAGES = ["/field/checkpoint/"];

self.addEventListener("install", (event) => {
  const fill = async () => {
    const cache = await caches.open(CACHE);
    await Promise.allSettled([...SHELL, ...READER].map((address) => cache.add(address)));
    await self.skipWaiting();
  };
  event.waitUntil(fill());
});

self.addEventListener("activate", (event) => {
  const tidy = async () => {
    const names = await caches.keys();
    await Promise.all(names.filter((n) => n.startsWith("bihuan-field-") && n !== CACHE).map((n) => caches.delete(n)));
    await self.clients.claim();
  };
  event.waitUntil(tidy());
});

async function networkFirst(request) {
  const cache = await caches.open(CACHE);
  try {
    const response = await fetch(request);
    if (response.status === 200 && !response.redirected) await cache.put(request, response.clone());
    return response;
  } catch (fault) {
    const kept = await cache.match(request, { ignoreSearch: true });
    if (kept) return kept;
    throw fault;
  }
}

async function keptFirst(request) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(request);
  const fresh = fetch(request).then((response) => {
    if (response.status === 200) cache.put(request, response.clone());
    return response;
  });
  if (!kept) return fresh;
  fresh.catch(() => null);
  return kept;
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (pathname.startsWith("/static/")) event.respondWith(keptFirst(request));
  else if (KEPT_PAGES.includes(pathname)) event.respondWith(networkFirst(request));
});
