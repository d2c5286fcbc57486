// Headless Chromium for tests and benchmarks, and a server of files for its pages.
import {createReadStream, statSync} from 'node:fs';
import {createServer} from 'node:http';
import {createRequire} from 'node:module';
import path from 'node:path';

const TYPES = {'.html': 'text/html', '.js': 'text/javascript', '.mjs': 'text/javascript', '.wasm': 'application/wasm'};
const ALWAYS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking'];

/** modules: the node_modules folder that has playwright-core. */
export function launch(modules, ...flags) {
  const {chromium} = createRequire(path.join(path.resolve(modules), 'x.js'))('playwright-core');
  return chromium.launch({executablePath: '/usr/bin/chromium', args: [...ALWAYS, ...flags]});
}

/** Serves files on 127.0.0.1. roots: [[beginning of a path, the folder or file that it stands for], ...]; the first that fits. */
export async function serveFiles(roots) {
  const server = createServer((request, response) => {
    const name = decodeURIComponent(new URL(request.url, 'http://localhost').pathname);
    const [prefix, root] = roots.find(([start]) => name.startsWith(start));
    const file = path.join(root, name.slice(prefix.length));
    const found = statSync(file, {throwIfNoEntry: false})?.isFile() ?? false;
    if (!found) return response.writeHead(404, {'Content-Type': 'text/plain'}).end();
    response.writeHead(200, {'Content-Type': TYPES[path.extname(file)] ?? 'application/octet-stream'});
    createReadStream(file).pipe(response);
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return {address: `http://127.0.0.1:${server.address().port}`, close: () => server.close()};
}
