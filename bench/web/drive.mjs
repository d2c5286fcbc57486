// node drive.mjs FOLDER WASM ROUNDS RUNS NET...: measures the nets of FOLDER/models in headless Chromium; prints JSON by net.
import path from 'node:path';
import {fileURLToPath} from 'node:url';

import {launch, serveFiles} from '../../tests/browser.mjs';

const [folder, wasm, rounds, runs, ...nets] = process.argv.slice(2);
const here = path.dirname(fileURLToPath(import.meta.url));
const modules = path.resolve(folder, 'node_modules');
const server = await serveFiles([['/modules/', modules], ['/models/', path.join(folder, 'models')], ['/wasm/', wasm],
                                 ['/engine.mjs', path.join(folder, 'engine.mjs')], ['/', here]]);
const browser = await launch(modules);
const page = await browser.newPage();
page.on('pageerror', (error) => process.stderr.write(`[page] ${error}\n`));
await page.goto(`${server.address}/page.html`);
await page.waitForFunction(() => window.ready);
const results = {};
for (const net of nets) {
  results[net] = await page.evaluate(([n, a, b]) => window.measure(n, a, b), [net, Number(rounds), Number(runs)]);
}
await browser.close();
server.close();
console.log(JSON.stringify(results));
