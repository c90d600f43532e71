/**
 * The service worker: keeps the files of the page, so that it opens without the network. It is registered when something
 * is taken offline. The page is asked for as ever while there is a network; files with a hash in their name never change
 * and come from here; tiles and documents pass by untouched.
 */

export {};

declare const self: ServiceWorkerGlobalScope;
/** The files of this build, which the bundler writes here. */
declare const __PAGE__: {
  /** A hash over all of them. */
  version: string;
  /** Addresses beside this script. */
  files: string[];
  /** The script that the page of this build loads. */
  entry: string;
};

const here = new URL("./", self.location.href);
const { version, files, entry } = __PAGE__;
/** Caches belong to the origin: another page of it, under another prefix, has its own. */
const OWN = `duotile-page ${here.pathname} `;
/** How long a network that neither answers nor fails is waited for when there is a page here, in milliseconds. */
const PATIENCE = 5000;

self.addEventListener("install", (event) => {
  event.waitUntil(
    (async () => {
      const cache = await caches.open(OWN + version);
      await cache.addAll(files.map((file) => new URL(file, here).href));
      // A page of another build would look for files that are not here.
      const page = await fetch(here, { cache: "no-store" });
      const text = await page.clone().text();
      if (!page.ok || !text.includes(entry)) throw new Error(`the page at ${here} is not of build ${version}`);
      await cache.put(here, page);
      await self.skipWaiting();
    })(),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      // Windows that are still open are of the build before, and may yet load a part of it.
      const old = (await caches.keys()).filter((name) => name.startsWith(OWN) && name !== OWN + version);
      await Promise.all(old.slice(0, -1).map((name) => caches.delete(name)));
    })(),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || !url.href.startsWith(here.href)) return;
  const path = url.pathname.slice(here.pathname.length);
  if (request.mode === "navigate") {
    if (path === "" || path === "index.html") event.respondWith(page(request));
  } else if (files.includes(path) || path.startsWith("assets/")) {
    event.respondWith(file(request));
  }
});

/** The page from the network; the one that is kept when there is none, or when nothing answers behind a proxy. */
async function page(request: Request): Promise<Response> {
  const kept = await (await caches.open(OWN + version)).match(here);
  const asked = fetch(request);
  asked.catch(() => undefined);
  if (!kept) return asked;
  const late = new Promise<undefined>((resolve) => setTimeout(resolve, PATIENCE));
  const answer = await Promise.race([asked, late]).catch(() => undefined);
  return answer && answer.status < 500 ? answer : kept;
}

/** A file of the page, of this build or the one before. */
async function file(request: Request): Promise<Response> {
  for (const name of (await caches.keys()).filter((name) => name.startsWith(OWN)).reverse()) {
    const kept = await (await caches.open(name)).match(request, { ignoreVary: true });
    if (kept) return kept;
  }
  return fetch(request);
}
