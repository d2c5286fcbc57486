// A generated web app in headless Chromium, with a video of ours for a camera.
import {spawn} from 'node:child_process';
import {writeFileSync} from 'node:fs';

/** `paw serve` of the app; the address, and the process to end. */
export async function serve(paw, app) {
  const server = spawn(paw, ['serve', app, '--port', '0', '--json'], {stdio: ['ignore', 'pipe', 'inherit']});
  const address = await new Promise((done) => server.stdout.once('data', (text) => done(JSON.parse(text).address)));
  return {server, address};
}

/** The page once its model is loaded; what it reports as errors, and the hosts that it asks. */
export async function open(browser, address, options = {}) {
  const context = await browser.newContext({viewport: {width: 412, height: 860}, ...options});
  context.setDefaultTimeout(120000); // of a machine that does other things too
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

export const text = (page, id) => page.locator(`#${id}`).textContent();
export const verdict = (page, words) =>
  page.waitForFunction((w) => document.getElementById('verdict').textContent === w, words);

export async function selfTest(page) {
  await page.locator('#test').evaluate((details) => (details.open = true));
  await page.click('#run');
  await page.waitForSelector('#result[data-passed]');
  return text(page, 'result');
}

/** Chromium's flags for a camera that plays `file`, and for people who allow it. */
export const cameraFlags = (file) => ['--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream',
                                      `--use-file-for-fake-video-capture=${file}`];

/** Writes a video of ten frames a second. frames: pixels as [y][x] RGBA bytes, both sides even. */
export function writeVideo(file, width, height, frames) {
  const parts = [Buffer.from(`YUV4MPEG2 W${width} H${height} F10:1 Ip A1:1 C420jpeg\n`)];
  for (const pixels of frames) parts.push(Buffer.from('FRAME\n'), ...planes(pixels, width, height));
  writeFileSync(file, Buffer.concat(parts));
}

// Y, and Cb and Cr of four pixels each, in the range of studios, which Chromium takes videos for: ITU-R BT.601.
function planes(pixels, width, height) {
  const [y, cb, cr] = [Buffer.alloc(width * height), Buffer.alloc(width * height / 4), Buffer.alloc(width * height / 4)];
  const sums = [new Float64Array(cb.length), new Float64Array(cr.length)];
  for (let at = 0; at < y.length; ++at) {
    const [r, g, b] = pixels.subarray(4 * at, 4 * at + 3);
    const quarter = (Math.floor(at / width) >> 1) * (width / 2) + ((at % width) >> 1);
    y[at] = Math.round(16 + (219 / 255) * (0.299 * r + 0.587 * g + 0.114 * b));
    sums[0][quarter] += (-0.168736 * r - 0.331264 * g + 0.5 * b) / 4;
    sums[1][quarter] += (0.5 * r - 0.418688 * g - 0.081312 * b) / 4;
  }
  [cb, cr].forEach((plane, k) => sums[k].forEach((sum, i) => (plane[i] = Math.round(128 + (224 / 255) * sum))));
  return [y, cb, cr];
}
