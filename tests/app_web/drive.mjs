// node drive.mjs PAW APP MODULES OUT: opens a generated web app of tests/app_web/models.cc's colours in headless Chromium, does what
// people do with it, and prints {what: text or number}. MODULES: the node_modules folder. OUT: gets screenshots.
import {spawn} from 'node:child_process';
import {readFileSync, writeFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import path from 'node:path';

const [paw, app, modules, out] = process.argv.slice(2);
const {chromium} = createRequire(path.join(path.resolve(modules), 'x.js'))('playwright-core');
const [WIDTH, HEIGHT] = [320, 240];

// A video: a second each of a red picture, a green one between black bars, and a dark blue one. [r, g, b] by row.
function video() {
  const scenes = [() => [210, 40, 30], (y) => (y < 50 || y >= 190 ? [0, 0, 0] : [30, 190, 60]), () => [6, 8, 60]];
  const parts = [Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F10:1 Ip A1:1 C420jpeg\n`)];
  for (const scene of scenes) {
    const planes = [Buffer.alloc(WIDTH * HEIGHT), Buffer.alloc(WIDTH * HEIGHT / 4), Buffer.alloc(WIDTH * HEIGHT / 4)];
    for (let y = 0; y < HEIGHT; ++y) {
      const [r, g, b] = scene(y);
      planes[0].fill(0.299 * r + 0.587 * g + 0.114 * b, y * WIDTH, (y + 1) * WIDTH);
      const half = (y >> 1) * (WIDTH / 2);
      planes[1].fill(128 - 0.168736 * r - 0.331264 * g + 0.5 * b, half, half + WIDTH / 2);
      planes[2].fill(128 + 0.5 * r - 0.418688 * g - 0.081312 * b, half, half + WIDTH / 2);
    }
    for (let i = 0; i < 10; ++i) parts.push(Buffer.from('FRAME\n'), ...planes);
  }
  const file = path.join(out, 'camera.y4m');
  writeFileSync(file, Buffer.concat(parts));
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

async function serve() {
  const server = spawn(paw, ['serve', app, '--port', '0', '--json'], {stdio: ['ignore', 'pipe', 'inherit']});
  const address = await new Promise((done) => server.stdout.once('data', (text) => done(JSON.parse(text).address)));
  return {server, address};
}

function launch(...flags) {
  const always = ['--no-sandbox', '--disable-gpu', '--disable-background-networking'];
  return chromium.launch({executablePath: '/usr/bin/chromium', args: [...always, ...flags]});
}

async function open(browser, address, options = {}) {
  const context = await browser.newContext({viewport: {width: 412, height: 860}, ...options});
  const page = await context.newPage();
  const errors = [];
  const hosts = new Set();
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('request', (request) => hosts.add(new URL(request.url()).host));
  await page.goto(address);
  await page.waitForSelector('body[data-ready]');
  return {context, page, errors, hosts};
}

const said = {};
const shot = (page, name) => page.screenshot({path: path.join(out, `${name}.png`), fullPage: true});
const text = (page, id) => page.locator(`#${id}`).textContent();
const verdict = (page, words) => page.waitForFunction((w) => document.getElementById('verdict').textContent === w, words);

async function selfTest(page) {
  await page.locator('#test').evaluate((details) => (details.open = true));
  await page.click('#run');
  await page.waitForSelector('#result[data-passed]');
  return text(page, 'result');
}

async function pick(page, file, words) {
  await page.setInputFiles('#pick', file);
  await verdict(page, words);
}

async function withCamera(address, server) {
  const browser = await launch('--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream',
                               `--use-file-for-fake-video-capture=${video()}`);
  const {context, page, errors, hosts} = await open(browser, address);
  said.engine = await text(page, 'engine');
  await shot(page, 'ready');
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
  await shot(page, 'camera');
  await page.uncheck('#smooth');
  await verdict(page, 'green');
  await page.uncheck('#why');
  await pick(page, bmp(20, 200, 40), 'green');
  await shot(page, 'picked');
  await pick(page, bmp(128, 128, 128), 'Not sure');
  await shot(page, 'not_sure');
  await page.setInputFiles('#pick', {name: 'x.png', mimeType: 'image/png', buffer: Buffer.from('no photo')});
  await page.waitForFunction(() => document.getElementById('message').textContent.includes('not a photo'));
  said.badPhoto = (await text(page, 'message')) + ((await page.isVisible('#photo')) ? ' (and the old one)' : '');
  await shot(page, 'bad_photo');
  said.selfTest = await selfTest(page);
  await shot(page, 'self_test');
  await page.emulateMedia({colorScheme: 'dark'});
  await shot(page, 'dark');
  await page.evaluate(() => (document.documentElement.style.fontSize = '200%'));
  said.overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  await shot(page, 'large_text');
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
  const browser = await launch(...flags);
  const {page} = await open(browser, address);
  await page.click('#camera');
  await page.waitForFunction(() => !['', 'The camera is off.'].includes(document.getElementById('message').textContent));
  said[name] = await text(page, 'message');
  await shot(page, name);
  await pick(page, bmp(200, 20, 20), 'red');
  await browser.close();
}

const {server, address} = await serve();
try {
  await withoutCamera(address, 'denied', '--use-fake-device-for-media-stream');
  await withoutCamera(address, 'noCamera', '--use-fake-ui-for-media-stream');
  await withCamera(address, server);
} finally {
  server.kill();
}
console.log(JSON.stringify({...said, photos: JSON.parse(readFileSync(path.join(app, 'web/model.json'))).golden.length}));
process.exit(0);
