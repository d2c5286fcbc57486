// node camera.mjs PAW MODEL APP MODULES OUT PHOTOS: real photos as the camera of a generated web app in headless Chromium.
//
// PHOTOS: a JSON file {label: [photo, ...]}. Of each scene's photos the one is played that the engine on this computer is surest
// of, since the way from camera to answer is tested here, not the model. Prints [{scene, label, photo, still (the engine's score for
// the frame as a picture), verdicts (all that the page showed), score (the page's last one), frames (answered)}].
import {execFileSync} from 'node:child_process';
import {readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';

import {launch} from '../browser.mjs';
import {cameraFlags, open, serve, writeVideo} from './app.mjs';

const [paw, model, app, modules, out, photoList] = process.argv.slice(2);
const photos = JSON.parse(readFileSync(photoList));
const [WIDTH, HEIGHT] = [640, 480];
const FRAMES = 8; // answers that are looked at

const SCENES = [
  {scene: 'cat', label: 'cat'},
  {scene: 'dog', label: 'dog'},
  {scene: 'rotated', label: 'cat', turn: Math.PI / 2},
  {scene: 'letterboxed', label: 'dog', height: 0.6},
  {scene: 'dark', label: 'cat', light: 0.35},
];

// In the page: the photo over the whole frame, or over a part of its height between black bars. {data (RGBA), png}, base64.
async function drawn({url, width, height, scene}) {
  const bitmap = await createImageBitmap(await (await fetch(url)).blob());
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', {alpha: false});
  const part = scene.height ?? 1;
  context.beginPath();
  context.rect(0, (height * (1 - part)) / 2, width, height * part);
  context.clip();
  context.translate(width / 2, height / 2);
  context.rotate(scene.turn ?? 0);
  const [w, h] = scene.turn ? [bitmap.height, bitmap.width] : [bitmap.width, bitmap.height];
  const scale = Math.max(width / w, (height * part) / h);
  context.filter = `brightness(${scene.light ?? 1})`;
  context.drawImage(bitmap, (-bitmap.width * scale) / 2, (-bitmap.height * scale) / 2, bitmap.width * scale, bitmap.height * scale);
  const base64 = async (blob) => (await new Promise((done) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result);
    reader.readAsDataURL(blob);
  })).split(',')[1];
  const {data} = context.getImageData(0, 0, width, height);
  return {data: await base64(new Blob([data])), png: await base64(await canvas.convertToBlob())};
}

// The scene with each of its label's photos; the best by the engine.
async function chosen(page, scene) {
  const stills = [];
  for (const [i, photo] of photos[scene.label].entries()) {
    const url = `data:image/jpeg;base64,${readFileSync(photo).toString('base64')}`;
    const {data, png} = await page.evaluate(drawn, {url, width: WIDTH, height: HEIGHT, scene});
    const file = path.join(out, `${scene.scene}-${i}.png`);
    writeFileSync(file, Buffer.from(png, 'base64'));
    stills.push({...scene, photo: path.basename(photo), file, pixels: Buffer.from(data, 'base64')});
  }
  const said = JSON.parse(execFileSync(paw, ['predict', model, ...stills.map((s) => s.file), '--json', '--quiet'], {maxBuffer: 1e8}));
  said.images.forEach(({predictions}, i) => (stills[i].still = predictions.find((p) => p.label === scene.label).score));
  return stills.reduce((best, still) => (still.still > best.still ? still : best));
}

// Every verdict that the page shows while the camera plays the frame.
async function played(address, {scene, label, photo, still, pixels}) {
  const file = path.join(out, `${scene}.y4m`);
  writeVideo(file, WIDTH, HEIGHT, [pixels, pixels]);
  const browser = await launch(modules, ...cameraFlags(file));
  const {page, errors} = await open(browser, address);
  await page.click('#camera');
  const seen = await page.evaluate((wanted) => new Promise((done) => {
    const verdicts = new Set();
    let frames = 0;
    new MutationObserver(() => {
      verdicts.add(document.getElementById('verdict').textContent);
      if (++frames === wanted) {
        done({verdicts: [...verdicts], frames, score: document.querySelector('#bars .score').textContent});
      }
    }).observe(document.getElementById('speed'), {childList: true});
  }), FRAMES);
  await page.screenshot({path: path.join(out, `${scene}.png`)});
  await browser.close();
  return {scene, label, photo, still, ...seen, errors};
}

const drawing = await launch(modules);
const page = await drawing.newPage();
const scenes = [];
for (const scene of SCENES) scenes.push(await chosen(page, scene));
await drawing.close();
const {server, address} = await serve(paw, app);
try {
  const results = [];
  for (const scene of scenes) results.push(await played(address, scene));
  console.log(JSON.stringify(results));
} finally {
  server.kill();
}
process.exit(0);
