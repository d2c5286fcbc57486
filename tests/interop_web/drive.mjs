// node drive.mjs FOLDER MODULES: runs every model of FOLDER/models.json in headless Chromium and prints one JSON array. Those
// with `inputs` go through LiteRT.js: {model, answers}; those with `pictures` through LiteRT.js and MediaPipe in one page:
// {model, litert, mediapipe}; or {model, error}. MODULES: the node_modules folder.
import {createReadStream, existsSync, readFileSync} from 'node:fs';
import {createServer} from 'node:http';
import {createRequire} from 'node:module';
import path from 'node:path';
import {fileURLToPath} from 'node:url';

const [folder, modules] = process.argv.slice(2);
const here = path.dirname(fileURLToPath(import.meta.url));
const {chromium} = createRequire(path.join(path.resolve(modules), 'x.js'))('playwright-core');
const TYPES = {'.html': 'text/html', '.js': 'text/javascript', '.mjs': 'text/javascript', '.wasm': 'application/wasm'};

// The file behind a path of the page; undefined when there is none.
function file(url) {
  const name = decodeURIComponent(new URL(url, 'http://localhost').pathname);
  for (const [prefix, root] of [['/modules/', modules], ['/models/', folder], ['/', here]]) {
    if (!name.startsWith(prefix)) continue;
    const found = path.join(root, name.slice(prefix.length));
    return existsSync(found) ? found : undefined;
  }
  return undefined;
}

const server = createServer((request, response) => {
  const found = file(request.url);
  response.writeHead(found ? 200 : 404, {'Content-Type': TYPES[path.extname(found ?? '')] ?? 'application/octet-stream'});
  if (found) createReadStream(found).pipe(response);
  else response.end();
});
await new Promise((done) => server.listen(0, '127.0.0.1', done));

const browser = await chromium.launch({executablePath: '/usr/bin/chromium', args: ['--no-sandbox']});
const page = await browser.newPage();
page.on('console', (message) => process.stderr.write(`[page] ${message.text()}\n`));
page.on('pageerror', (error) => process.stderr.write(`[page] ${error}\n`));
await page.goto(`http://127.0.0.1:${server.address().port}/page.html`);
await page.waitForFunction(() => window.answer !== undefined);
const results = [];
for (const entry of JSON.parse(readFileSync(path.join(folder, 'models.json')))) {
  const {model, shape} = entry;
  const urls = (entry.inputs ?? entry.pictures).map((name) => `/models/${name}`);
  const url = `/models/${model}`;
  try {
    if (entry.inputs) {
      results.push({model, answers: await page.evaluate(([...all]) => window.answer(...all), [url, shape, urls])});
    } else {
      const asked = {...entry, pictures: urls};
      results.push({model, ...(await page.evaluate(([...all]) => window.classify(...all), [url, asked]))});
    }
  } catch (error) {
    results.push({model, error: String(error)});
  }
}
await browser.close();
server.close();
console.log(JSON.stringify(results));
