/**
 * The service worker: keeps the application's own files, so that it opens at once and without a
 * network. What the library holds is never kept here: it belongs to whoever is signed in.
 */
declare const self: ServiceWorkerGlobalScope;

const SHELL = "alexandria-shell-1";
const PAGE = "/";
/** Files of builds before stay until there are more than this many. */
const FILES_MAX = 200;

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(SHELL)
      .then((cache) => cache.add(new Request(PAGE, { cache: "reload" })))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) =>
        Promise.all(names.filter((name) => name !== SHELL).map((name) => caches.delete(name))),
      )
      .then(clearOld)
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (url.pathname.startsWith("/assets/")) event.respondWith(kept(event));
  else if (request.mode === "navigate" && isOurs(url.pathname)) event.respondWith(page(event));
});

/** Whether a page is the application's, rather than the server's own (its description, its measures). */
function isOurs(path: string): boolean {
  return (
    path === "/" ||
    /^\/(library|read|ask|search|admin|account|sign-in|welcome|invitation)(\/|$)/.test(path)
  );
}

/** A file whose name bears its digest: it never changes. */
async function kept(event: FetchEvent): Promise<Response> {
  const { request } = event;
  const cache = await caches.open(SHELL);
  const found = await cache.match(request);
  if (found) return found;
  const response = await fetch(request);
  // Whoever waits for the file does not wait until it is kept.
  if (response.ok) event.waitUntil(cache.put(request, response.clone()));
  return response;
}

/** The page, fresh where the server answers, otherwise as it was last. */
async function page(event: FetchEvent): Promise<Response> {
  const cache = await caches.open(SHELL);
  try {
    const response = await fetch(event.request);
    if (response.ok && response.headers.get("Content-Type")?.startsWith("text/html")) {
      event.waitUntil(cache.put(PAGE, response.clone()).then(clearOld));
    }
    return response;
  } catch (error) {
    const found = await cache.match(PAGE);
    if (found) return found;
    throw error;
  }
}

/** Removes what was kept first, where there is too much. */
async function clearOld(): Promise<void> {
  const cache = await caches.open(SHELL);
  const files = (await cache.keys()).filter(({ url }) => new URL(url).pathname !== PAGE);
  const old = files.slice(0, Math.max(0, files.length - FILES_MAX));
  await Promise.all(old.map((file) => cache.delete(file)));
}

export {};
