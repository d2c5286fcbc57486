// node screens.mjs PAW APP MODULES OUT DRAWN: a screenshot of every state of a generated web app in headless Chromium, OUT/NAME.jpg. DRAWN:
// a folder of drawn animals, cat/*.png and dog/*.png, square: the camera sees them, and they are picked.
import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';

import {launch} from '../browser.mjs';
import {cameraFlags, open, selfTest, serve, verdict, writeVideo} from './app.mjs';
import {decodePng} from './png.mjs';

const [paw, app, modules, out, drawn] = process.argv.slice(2);
const animals = (label) => readdirSync(path.join(drawn, label)).sort().map((name) => path.join(drawn, label, name));
const shot = (page, name) => page.screenshot({path: path.join(out, `${name}.jpg`), type: 'jpeg', quality: 75, fullPage: true});
const INFO = JSON.parse(readFileSync(path.join(app, 'web/model.json')));
const PHONE = {viewport: {width: 360, height: 740}};

// A frame of a camera: the middle of a picture, four wide and three tall.
function video(animal) {
  const {data, width, height} = decodePng(readFileSync(animal));
  const rows = Math.floor((width * 3) / 8) * 2;
  const top = (height - rows) / 2;
  const frame = Buffer.from(data.subarray(4 * width * top, 4 * width * (top + rows)));
  const file = path.join(out, 'camera.y4m');
  writeVideo(file, width, rows, [frame, frame]);
  return file;
}

async function withCamera(address) {
  const browser = await launch(modules, ...cameraFlags(video(animals('cat')[0])));
  const {page} = await open(browser, address, PHONE);
  await shot(page, 'start');
  await page.click('#camera');
  await verdict(page, 'cat');
  await page.waitForTimeout(1500); // smoothing settles
  await shot(page, 'camera');
  await page.check('#why');
  await page.waitForTimeout(500);
  await shot(page, 'why');
  await page.emulateMedia({colorScheme: 'dark'});
  await shot(page, 'dark');
  await page.emulateMedia({colorScheme: 'light'});
  await page.uncheck('#why');
  await page.setInputFiles('#pick', animals('dog')[0]);
  await verdict(page, 'dog');
  await shot(page, 'picked');
  for (const golden of INFO.golden) {
    await page.setInputFiles('#pick', path.join(app, 'web', golden.file));
    if (Math.max(...golden.scores) < INFO.threshold) break;
  }
  await verdict(page, 'Not sure');
  await shot(page, 'not_sure');
  await page.setInputFiles('#pick', {name: 'x.png', mimeType: 'image/png', buffer: Buffer.from('no photo')});
  await page.waitForFunction(() => document.getElementById('message').textContent.includes('not a photo'));
  await shot(page, 'bad_photo');
  await page.setInputFiles('#pick', animals('dog')[0]);
  await verdict(page, 'dog');
  await selfTest(page);
  await shot(page, 'self_test');
  await page.evaluate(() => (document.documentElement.style.fontSize = '200%'));
  await shot(page, 'large_text');
  await page.evaluate(() => (document.documentElement.style.fontSize = ''));
  await page.setViewportSize({width: 280, height: 600});
  await shot(page, 'narrow');
  await page.setViewportSize({width: 740, height: 360});
  await shot(page, 'landscape');
  await browser.close();
}

async function withoutCamera(address, name, ...flags) {
  const browser = await launch(modules, ...flags);
  const {page} = await open(browser, address, PHONE);
  await page.click('#camera');
  await page.waitForFunction(() => !['', 'The camera is off.'].includes(document.getElementById('message').textContent));
  await shot(page, name);
  await browser.close();
}

const {server, address} = await serve(paw, app);
try {
  await withCamera(address);
  await withoutCamera(address, 'denied', '--use-fake-device-for-media-stream');
  await withoutCamera(address, 'no_camera', '--use-fake-ui-for-media-stream');
} finally {
  server.kill();
}
process.exit(0);
