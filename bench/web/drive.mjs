// node drive.mjs FOLDER WASM ROUNDS RUNS NET...: measures the nets of FOLDER/models in headless Chromium; prints JSON by net.
import {createReadStream, existsSync} from 'node:fs';
import {createServer} from 'node:http';
import {createRequire} from 'node:module';
import path from 'node:path';
import {fileURLToPath} from 'node:url';

const [folder, wasm, rounds, runs, ...nets] = process.argv.slice(2);
const here = path.dirname(fileURLToPath(import.meta.url));
const modules = path.resolve(folder, 'node_modules');
const {chromium} = createRequire(path.join(modules, 'x.js'))('playwright-core');
const TYPES = {'.html': 'text/html', '.js': 'text/javascript', '.mjs': 'text/javascript', '.wasm': 'application/wasm'};
const ROOTS = [['/modules/', modules], ['/models/', path.join(folder, 'models')], ['/wasm/', wasm], ['/engine.mjs', folder, ''],
               ['/', here]];

function file(url) {
  const name = decodeURIComponent(new URL(url, 'http://localhost').pathname);
  const [prefix, root] = ROOTS.find(([start]) => name.startsWith(start));
  const found = path.join(root, prefix === '/engine.mjs' ? 'engine.mjs' : name.slice(prefix.length));
  return existsSync(found) ? found : undefined;
}

const server = createServer((request, response) => {
  const found = file(request.url);
  response.writeHead(found ? 200 : 404, {'Content-Type': TYPES[path.extname(found ?? '')] ?? 'application/octet-stream'});
  if (found) createReadStream(found).pipe(response);
  else response.end();
});
await new Promise((done) => server.listen(0, '127.0.0.1', done));
const browser = await chromium.launch({executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu']});
const page = await browser.newPage();
page.on('pageerror', (error) => process.stderr.write(`[page] ${error}\n`));
await page.goto(`http://127.0.0.1:${server.address().port}/page.html`);
await page.waitForFunction(() => window.ready);
const results = {};
for (const net of nets) {
  results[net] = await page.evaluate(([n, a, b]) => window.measure(n, a, b), [net, Number(rounds), Number(runs)]);
}
await browser.close();
server.close();
console.log(JSON.stringify(results));
