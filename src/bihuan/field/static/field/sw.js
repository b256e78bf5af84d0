// Keeps the phone's pages for when there is no network. Pages and data: the network first, what was kept when it fails.
// Files under /static/: one whole edition at a time, named by its contents, so that an update never mixes two.
// Only answers to GET that say 200 are kept; never an act, never a page that shows a person.

const EDITION = "{{ edition }}"; // written by the server
const CACHE = `bihuan-field-${EDITION}`;
const FILES = {{ files }};
const CODES = ["zxing-reader.js", "zxing_reader.wasm", "zxing-writer.js", "zxing_writer.wasm"].map((name) => `/static/lib/${name}`);
const KEPT_PAGES = ["/field/checkpoint/", "/field/sampling/", "/field/carry/", "/field/tasks/", "/field/outbox/", "/field/about/"];
// Where somebody lands who opens any other page of the phone without a network.
const WITHOUT_NETWORK = "/field/tasks/";

// A page the member may not open is not kept; its answer is let go, or enough of them hold up all others.
async function kept(cache, address) {
  const response = await fetch(address);
  if (response.status === 200 && !response.redirected) await cache.put(address, response);
  else await response.body?.cancel();
}

self.addEventListener("install", (event) => {
  const fill = async () => {
    const cache = await caches.open(CACHE);
    await cache.addAll(FILES.map((address) => new Request(address, { cache: "reload" })));
    await Promise.allSettled([...KEPT_PAGES, ...CODES].map((address) => kept(cache, address)));
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

async function networkFirst(request, isKept) {
  const cache = await caches.open(CACHE);
  try {
    const response = await fetch(request);
    if (isKept && response.status === 200 && !response.redirected) {
      await cache.put(request, response.clone()).catch(() => null); // a full phone still shows the page
    }
    return response;
  } catch (fault) {
    const kept = await cache.match(isKept ? request : WITHOUT_NETWORK, { ignoreSearch: true, ignoreVary: true });
    if (kept) return kept;
    throw fault;
  }
}

async function keptFirst(request) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(request, { ignoreVary: true });
  if (kept) return kept;
  const response = await fetch(request);
  if (response.status === 200) await cache.put(request, response.clone()).catch(() => null);
  return response;
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (FILES.includes(pathname) || pathname.startsWith("/static/field/") || pathname.startsWith("/static/lib/zxing")) event.respondWith(keptFirst(request));
  else if (KEPT_PAGES.includes(pathname)) event.respondWith(networkFirst(request, true));
  else if (request.mode === "navigate" && pathname.startsWith("/field/")) event.respondWith(networkFirst(request, false));
});
