// What stands on the page: elements by their ids, answers as bars, the square and the map over the picture.
import type {ClassMap} from './messages';
import type {Window} from './engine';
import {ModelInfo, top} from './model';
import {text} from './strings';

export function element<T extends HTMLElement>(id: string): T {
  return document.getElementById(id) as T;
}

export function percent(score: number): string {
  return new Intl.NumberFormat(document.documentElement.lang, {style: 'percent', maximumFractionDigits: 1}).format(score);
}

let spoken = '';

export function showAnswer(model: ModelInfo, scores: number[]): void {
  const order = top(scores, 3);
  const sure = scores[order[0]] >= model.threshold;
  const verdict = sure ? model.labels[order[0]] : text.notSure;
  // Said aloud when it changes, not for every frame.
  if (verdict !== spoken) element('verdict').textContent = verdict;
  spoken = verdict;
  element('hint').textContent = sure ? '' : text.notSureHint;
  const bars = element('bars');
  while (bars.children.length < order.length) bars.append(bar());
  while (bars.children.length > order.length) bars.lastChild?.remove();
  order.forEach((index, place) => {
    const row = bars.children[place];
    (row.children[0] as HTMLElement).textContent = model.labels[index];
    (row.children[1] as HTMLElement).textContent = percent(scores[index]);
    (row.children[2].firstChild as HTMLElement).style.width = `${100 * Math.min(Math.max(scores[index], 0), 1)}%`;
  });
}

export function clearAnswer(): void {
  spoken = '';
  for (const id of ['verdict', 'hint', 'bars', 'speed']) element(id).textContent = '';
}

function bar(): HTMLLIElement {
  const row = document.createElement('li');
  for (const name of ['label', 'score', 'track']) {
    const part = document.createElement(name === 'track' ? 'div' : 'span');
    part.className = name;
    row.append(part);
  }
  const filled = document.createElement('div');
  filled.className = 'bar';
  row.children[2].append(filled);
  return row;
}

/** The square that the model sees and, over it, where it found its answer; width and height: of the picture. */
export function drawOverlay(width: number, height: number, seen: Window | null, map: ClassMap | null): void {
  const canvas = element<HTMLCanvasElement>('overlay');
  const box = canvas.getBoundingClientRect();
  canvas.width = Math.round(box.width * devicePixelRatio);
  canvas.height = Math.round(box.height * devicePixelRatio);
  const context = canvas.getContext('2d');
  if (context === null || seen === null) return;
  const scale = Math.min(canvas.width / width, canvas.height / height); // object-fit: contain
  context.translate((canvas.width - scale * width) / 2, (canvas.height - scale * height) / 2);
  context.scale(scale, scale);
  if (map !== null) {
    context.imageSmoothingEnabled = true;
    context.drawImage(heat(map), seen.x, seen.y, seen.width, seen.height);
  }
  context.lineWidth = 3 / scale * devicePixelRatio;
  context.strokeStyle = '#ffd400';
  const half = context.lineWidth / 2; // all of the line, also where the square is the whole picture
  context.strokeRect(seen.x + half, seen.y + half, seen.width - 2 * half, seen.height - 2 * half);
}

// A map's positive part, as strong as its largest number.
function heat(map: ClassMap): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = map.width;
  canvas.height = map.height;
  const image = new ImageData(map.width, map.height);
  const most = map.data.reduce((a, b) => Math.max(a, b), 1e-9);
  map.data.forEach((value, i) => image.data.set([255, 60, 0, 190 * Math.max(value, 0) / most], 4 * i));
  canvas.getContext('2d')?.putImageData(image, 0, 0);
  return canvas;
}
