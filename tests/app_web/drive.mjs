// node drive.mjs PAW APP MODULES OUT: opens a generated web app of tests/app_web/models.cc's colours in headless Chromium, does what
// people do with it, and prints {what: text or number}. MODULES: the node_modules folder. OUT: gets the video.
import {readFileSync} from 'node:fs';
import path from 'node:path';

import {launch} from '../browser.mjs';
import {cameraFlags, open, selfTest, serve, text, verdict, writeVideo} from './app.mjs';

const [paw, app, modules, out] = process.argv.slice(2);
const [WIDTH, HEIGHT] = [320, 240];

// A video: a second each of a red picture, a green one between black bars, and a dark blue one. [r, g, b] by row.
function video() {
  const scenes = [() => [210, 40, 30], (y) => (y < 50 || y >= 190 ? [0, 0, 0] : [30, 190, 60]), () => [6, 8, 60]];
  const frames = scenes.flatMap((scene) => {
    const pixels = Buffer.alloc(4 * WIDTH * HEIGHT);
    for (let y = 0; y < HEIGHT; ++y) pixels.fill(Buffer.from([...scene(y), 255]), 4 * WIDTH * y, 4 * WIDTH * (y + 1));
    return Array(10).fill(pixels);
  });
  const file = path.join(out, 'camera.y4m');
  writeVideo(file, WIDTH, HEIGHT, frames);
  return file;
}

// A picture of one colour as a BMP file.
function bmp(r, g, b) {
  const [width, height] = [40, 30];
  const file = Buffer.alloc(54 + 3 * width * height);
  file.write('BM');
  file.writeUInt32LE(file.length, 2);
  file.writeUInt32LE(54, 10);
  file.writeUInt32LE(40, 14);
  file.writeInt32LE(width, 18);
  file.writeInt32LE(height, 22);
  file.writeUInt16LE(1, 26);
  file.writeUInt16LE(24, 28);
  for (let i = 54; i < file.length; i += 3) file.set([b, g, r], i);
  return {name: 'photo.bmp', mimeType: 'image/bmp', buffer: file};
}

const said = {};

async function pick(page, file, words) {
  await page.setInputFiles('#pick', file);
  await verdict(page, words);
}

async function withCamera(address, server) {
  const browser = await launch(modules, ...cameraFlags(video()));
  const {context, page, errors, hosts} = await open(browser, address);
  said.engine = await text(page, 'engine');
  await page.click('#camera');
  for (const color of ['red', 'green', 'blue', 'red']) await verdict(page, color);
  said.video = 'red green blue red';
  said.bars = await page.locator('#bars li').count();
  said.speed = await text(page, 'speed');
  await page.check('#why');
  await page.waitForTimeout(300);
  said.overlay = await page.evaluate(() => {
    const canvas = document.getElementById('overlay');
    const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    return data.filter((value, i) => i % 4 === 3 && value > 0).length / (canvas.width * canvas.height);
  });
  await page.uncheck('#smooth');
  await verdict(page, 'green');
  await page.uncheck('#why');
  await pick(page, bmp(20, 200, 40), 'green');
  await pick(page, bmp(128, 128, 128), 'Not sure');
  await page.setInputFiles('#pick', {name: 'x.png', mimeType: 'image/png', buffer: Buffer.from('no photo')});
  await page.waitForFunction(() => document.getElementById('message').textContent.includes('not a photo'));
  said.badPhoto = (await text(page, 'message')) + ((await page.isVisible('#photo')) ? ' (and the old one)' : '');
  said.selfTest = await selfTest(page);
  await page.emulateMedia({colorScheme: 'dark'});
  await page.evaluate(() => (document.documentElement.style.fontSize = '200%'));
  said.overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  said.unlabelled = await page.evaluate(() => [...document.querySelectorAll('button,input,canvas,video,img')]
      .filter((e) => !(e.getAttribute('aria-label') || e.getAttribute('alt') || e.textContent.trim() || e.labels?.length ||
                       e.getAttribute('aria-hidden'))).map((e) => e.id));
  await page.waitForFunction(() => document.getElementById('offline').textContent !== '');
  server.kill();
  await context.setOffline(true);
  await page.reload();
  await page.waitForSelector('body[data-ready]');
  said.offline = await selfTest(page);
  said.hosts = [...hosts].length;
  said.errors = errors;
  await browser.close();
}

async function withoutCamera(address, name, ...flags) {
  const browser = await launch(modules, ...flags);
  const {page} = await open(browser, address);
  await page.click('#camera');
  await page.waitForFunction(() => !['', 'The camera is off.'].includes(document.getElementById('message').textContent));
  said[name] = await text(page, 'message');
  await pick(page, bmp(200, 20, 20), 'red');
  await browser.close();
}

const {server, address} = await serve(paw, app);
try {
  await withoutCamera(address, 'denied', '--use-fake-device-for-media-stream');
  await withoutCamera(address, 'noCamera', '--use-fake-ui-for-media-stream');
  await withCamera(address, server);
} finally {
  server.kill();
}
console.log(JSON.stringify({...said, photos: JSON.parse(readFileSync(path.join(app, 'web/model.json'))).golden.length}));
process.exit(0);
