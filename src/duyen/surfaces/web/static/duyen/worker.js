// Stands between the browser and the server. It keeps files that carry their content's hash, and one page that says
// there is no network. No page of anybody is ever kept: what one person saw, the next one at this device never sees.
// GIVEN = {name, page, files} is written before this source by the server.

const HASHED = /\.[0-9a-f]{8}\.\w+$/;

self.addEventListener('install', event => event.waitUntil((async () => {
  const kept = await caches.open(GIVEN.name);
  await kept.add(new Request(GIVEN.page, { credentials: 'omit', cache: 'reload' }));
  await Promise.allSettled(GIVEN.files.map(file => kept.add(file)));   // a file that is missing stops nothing
  await self.skipWaiting();
})()));

self.addEventListener('activate', event => event.waitUntil((async () => {
  for (const name of await caches.keys()) if (name !== GIVEN.name) await caches.delete(name);
  await self.registration.navigationPreload?.enable();          // the page is asked for while this file wakes up
  await self.clients.claim();
})()));

async function file(request) {
  const kept = await caches.open(GIVEN.name), found = await kept.match(request);
  const isFixed = HASHED.test(new URL(request.url).pathname);
  if (found && isFixed) return found;
  try {
    const answer = await fetch(request);
    if (answer.ok && isFixed) await kept.put(request, answer.clone());
    return answer;
  } catch (problem) {
    if (found) return found;
    throw problem;
  }
}

async function page(event) {
  try {
    return (await event.preloadResponse) ?? await fetch(event.request);
  } catch {
    const kept = await caches.open(GIVEN.name);
    return (await kept.match(GIVEN.page)) ?? Response.error();
  }
}

self.addEventListener('fetch', event => {
  const { request } = event, url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.mode === 'navigate') event.respondWith(page(event));
  else if (request.method === 'GET' && url.pathname.startsWith('/static/')) event.respondWith(file(request));
});
