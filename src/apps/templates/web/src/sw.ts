// Service worker: keeps the app under its version, so that it works without a network and changes as a whole.
import {engineModule, MODULES} from './modules';

interface Event2 extends Event {
  waitUntil(work: Promise<unknown>): void;
  respondWith(response: Promise<Response>): void;
  request: Request;
}
const worker = self as unknown as {
  addEventListener(name: string, listener: (event: Event2) => void): void;
  skipWaiting(): Promise<void>;
  clients: {claim(): Promise<void>};
  registration: {scope: string};
};

const ID = '@@js:id@@';
const CACHE = `${ID}-@@js:version@@`;

// What this browser will ask for: every file but the engine's other modules.
function wanted(): string[] {
  const own = engineModule();
  const files = JSON.parse('@@js:files@@') as string[];
  return ['./', ...files.filter((file) => file !== 'sw.js' && (file === own || !MODULES.includes(file)))];
}

async function install(): Promise<void> {
  const cache = await caches.open(CACHE);
  await cache.addAll(wanted().map((file) => new Request(file, {cache: 'reload'})));
  await worker.skipWaiting();
}

async function activate(): Promise<void> {
  for (const name of await caches.keys()) {
    if (name.startsWith(`${ID}-`) && name !== CACHE) await caches.delete(name);
  }
  await worker.clients.claim();
}

async function answer(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  return (await cache.match(request, {ignoreSearch: true})) ?? fetch(request);
}

worker.addEventListener('install', (event) => event.waitUntil(install()));
worker.addEventListener('activate', (event) => event.waitUntil(activate()));
worker.addEventListener('fetch', (event) => {
  if (event.request.method === 'GET' && event.request.url.startsWith(worker.registration.scope)) {
    event.respondWith(answer(event.request));
  }
});
