// node drive.mjs FOLDER MODULES: runs every model of FOLDER/models.json in headless Chromium and prints one JSON array. Those
// with `inputs` go through LiteRT.js: {model, answers}; those with `pictures` through LiteRT.js and MediaPipe in one page:
// {model, litert, mediapipe}; or {model, error}. MODULES: the node_modules folder.
import {readFileSync} from 'node:fs';
import path from 'node:path';
import {fileURLToPath} from 'node:url';

import {launch, serveFiles} from '../browser.mjs';

const [folder, modules] = process.argv.slice(2);
const here = path.dirname(fileURLToPath(import.meta.url));
const server = await serveFiles([['/modules/', modules], ['/models/', folder], ['/', here]]);
const browser = await launch(modules);
const page = await browser.newPage();
page.setDefaultTimeout(120000); // of a machine that does other things too
page.on('console', (message) => process.stderr.write(`[page] ${message.text()}\n`));
page.on('pageerror', (error) => process.stderr.write(`[page] ${error}\n`));
await page.goto(`${server.address}/page.html`);
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
