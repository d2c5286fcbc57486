// node chromium.mjs PAW MODULES APPS...: the golden photos of generated web apps by their own workers in headless Chromium. Prints
// their scores, [app][photo][class].
import {launch} from '../browser.mjs';
import {open, serve} from '../app_web/app.mjs';

const [paw, modules, ...apps] = process.argv.slice(2);

// In the page.
async function scores() {
  const info = await (await fetch('model.json')).json();
  const worker = new Worker('worker.js');
  const said = (kind) => new Promise((done, failed) => (worker.onmessage = ({data}) =>
    data.kind === kind ? done(data) : failed(new Error(data.message))));
  await said('ready');
  const out = [];
  for (const {file} of info.golden) {
    const bitmap = await createImageBitmap(await (await fetch(file)).blob(), {colorSpaceConversion: 'none', premultiplyAlpha: 'none'});
    const {width, height} = bitmap;
    const context = new OffscreenCanvas(width, height).getContext('2d');
    context.drawImage(bitmap, 0, 0);
    const answer = said('answer');
    worker.postMessage({id: out.length, pixels: {data: context.getImageData(0, 0, width, height).data, width, height}, why: false});
    out.push(Array.from((await answer).answer.scores));
  }
  return out;
}

const browser = await launch(modules);
const all = [];
for (const app of apps) {
  const {server, address} = await serve(paw, app);
  try {
    const {page, context} = await open(browser, address);
    all.push(await page.evaluate(scores));
    await context.close();
  } finally {
    server.kill();
  }
}
await browser.close();
process.stdout.write(JSON.stringify(all), () => process.exit(0)); // all of it, before the end
