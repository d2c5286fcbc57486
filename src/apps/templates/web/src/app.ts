// The page: camera or picked photo to the worker, its answers to the screen.
import {Camera} from './camera';
import type {Pixels} from './engine';
import type {Answer, Ask, FromWorker} from './messages';
import {best, ModelInfo, smooth} from './model';
import {clearAnswer, drawOverlay, element, showAnswer} from './page';
import {text} from './strings';

const video = element<HTMLVideoElement>('video');
const photo = element<HTMLCanvasElement>('photo');
const camera = new Camera(video);
const worker = new Worker('worker.js');
const grabbed = document.createElement('canvas');

let model: ModelInfo | null = null;
let next = 0;
let turns = 0; // times the camera was started: an older watch ends
const waiting = new Map<number, {done: (answer: Answer) => void; failed: (error: Error) => void}>();
let shown: number[] | null = null; // smoothed scores
let frames: number[] = []; // when the last ones were answered

function message(words: string): void {
  element('message').textContent = words;
}

/** One photo's answer. The worker runs them one after the other: who shows frames waits before sending the next. */
function ask(pixels: Pixels, why: boolean): Promise<Answer> {
  const id = next++;
  return new Promise((done, failed) => {
    waiting.set(id, {done, failed});
    const request: Ask = {id, pixels, why};
    worker.postMessage(request, [pixels.data.buffer]);
  });
}

function pixelsOf(source: CanvasImageSource, width: number, height: number): Pixels {
  grabbed.width = width;
  grabbed.height = height;
  const context = grabbed.getContext('2d', {willReadFrequently: true}) as CanvasRenderingContext2D;
  context.drawImage(source, 0, 0, width, height);
  return {data: context.getImageData(0, 0, width, height).data, width, height};
}

function nextFrame(): Promise<unknown> {
  const timed = video as HTMLVideoElement & {requestVideoFrameCallback?: (done: () => void) => void};
  return new Promise<void>((done) => {
    if (timed.requestVideoFrameCallback) timed.requestVideoFrameCallback(() => done());
    else requestAnimationFrame(() => done());
  });
}

function show(answer: Answer, width: number, height: number, live: boolean): void {
  if (model === null) return;
  const smoothing = live && element<HTMLInputElement>('smooth').checked;
  shown = smoothing ? smooth(shown, answer.scores, 0.3) : answer.scores;
  showAnswer(model, shown);
  drawOverlay(width, height, answer.window, answer.map);
  frames = [...frames, performance.now()].slice(-10);
  const rate = (1000 * (frames.length - 1)) / Math.max(frames[frames.length - 1] - frames[0], 1);
  element('speed').textContent =
    text.milliseconds(answer.milliseconds) + (live && frames.length > 2 ? ` · ${text.frames(rate)}` : '');
}

// Frame after frame while the camera runs; those that come while the worker is busy are never looked at.
async function watch(): Promise<void> {
  const turn = ++turns;
  while (camera.running && turn === turns) {
    await nextFrame();
    if (!camera.running || turn !== turns || document.hidden) continue;
    const {videoWidth: width, videoHeight: height} = video;
    if (width === 0) continue;
    const answer = await ask(pixelsOf(video, width, height), element<HTMLInputElement>('why').checked);
    if (camera.running && turn === turns) show(answer, width, height, true);
  }
}

function reset(): void {
  shown = null;
  frames = [];
  clearAnswer();
  drawOverlay(1, 1, null, null);
}

function stopCamera(words: string): void {
  camera.stop();
  reset();
  message(words);
  element('camera').textContent = text.startCamera;
  element('flip').hidden = true;
}

async function startCamera(): Promise<void> {
  reset();
  message('');
  photo.hidden = true;
  video.hidden = false;
  try {
    await camera.start(() => stopCamera(text.busyCamera));
  } catch (error) {
    return stopCamera((error as Error).message);
  }
  element('camera').textContent = text.stopCamera;
  element('flip').hidden = !(await camera.hasTwo());
  for (const id of ['video', 'overlay']) element(id).classList.toggle('mirrored', camera.mirrored);
  watch().catch((error) => stopCamera(String(error)));
}

async function pick(file: File): Promise<void> {
  stopCamera('');
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(file); // upright: as its EXIF orientation says
  } catch {
    photo.hidden = true; // the one before
    return message(text.badPhoto);
  }
  video.hidden = true;
  photo.hidden = false;
  element('overlay').classList.remove('mirrored');
  const {width, height} = bitmap;
  photo.width = width;
  photo.height = height;
  photo.getContext('2d')?.drawImage(bitmap, 0, 0);
  show(await ask(pixelsOf(bitmap, width, height), element<HTMLInputElement>('why').checked), width, height, false);
}

async function goldenPixels(file: string): Promise<Pixels> {
  const blob = await (await fetch(file)).blob();
  const bitmap = await createImageBitmap(blob, {colorSpaceConversion: 'none', premultiplyAlpha: 'none'});
  return pixelsOf(bitmap, bitmap.width, bitmap.height);
}

async function selfTest(info: ModelInfo): Promise<void> {
  const result = element('result');
  const cases = element('cases');
  cases.textContent = '';
  let agree = 0;
  let largest = 0;
  for (const [i, golden] of info.golden.entries()) {
    result.textContent = text.selfTestRunning(i, info.golden.length);
    const {scores} = await ask(await goldenPixels(golden.file), false);
    if (best(scores) === best(golden.scores)) ++agree;
    golden.scores.forEach((score, c) => (largest = Math.max(largest, Math.abs(score - scores[c]))));
    const row = document.createElement('li');
    const image = document.createElement('img');
    image.src = golden.file;
    image.alt = text.golden(i, info.labels[best(scores)]);
    row.append(image, document.createTextNode(info.labels[best(scores)]));
    cases.append(row);
  }
  const all = info.golden.length;
  const passed = agree === all && largest <= info.tolerance;
  result.textContent =
    `${text.selfTest(agree, all, largest.toExponential(1))}. ` +
    (passed ? text.selfTestPassed : text.selfTestFailed(String(info.tolerance)));
  result.dataset.passed = String(passed);
}

function ready(info: ModelInfo, module: string, why: boolean): void {
  model = info;
  message(text.cameraOff);
  element('engine').textContent = text.engine(module);
  element<HTMLInputElement>('why').disabled = !why;
  element('whynot').hidden = why;
  element('whynot').textContent = text.noWhy;
  element('camera').onclick = () => (camera.running ? stopCamera(text.cameraOff) : void startCamera());
  element('flip').onclick = () => {
    camera.facing = camera.facing === 'user' ? 'environment' : 'user';
    void startCamera();
  };
  element('run').onclick = () => void selfTest(info).catch((error) => (element('result').textContent = String(error)));
  const input = element<HTMLInputElement>('pick');
  input.onchange = () => {
    const file = input.files?.[0];
    input.value = '';
    if (file !== undefined) pick(file).catch((error) => message(String(error)));
  };
  document.body.dataset.ready = 'true';
}

worker.onmessage = (event: MessageEvent<FromWorker>) => {
  const said = event.data;
  if (said.kind === 'ready') return ready(said.model, said.module, said.why);
  if (said.kind === 'answer') {
    waiting.get(said.answer.id)?.done(said.answer);
    waiting.delete(said.answer.id);
  } else if (said.id !== null) {
    waiting.get(said.id)?.failed(new Error(said.message));
    waiting.delete(said.id);
  } else {
    message(`${text.loadFailed}: ${said.message}`);
  }
};

message(text.starting);
// In the background the camera rests: other apps may want it.
document.addEventListener('visibilitychange', () => {
  if (document.hidden) video.pause();
  else if (camera.running) void video.play();
});
if ('serviceWorker' in navigator) {
  navigator.serviceWorker
    .register('sw.js')
    .then(() => navigator.serviceWorker.ready)
    .then(() => (element('offline').textContent = text.offlineReady))
    .catch(() => undefined); // the page works without, but not offline
}
