// node engine.mjs CLASSIFIER APP MODULE [RUNS]: the golden photos of a generated web app in one of its engine's modules, under
// Node. CLASSIFIER: src/classifier.ts of the template, bundled. Prints {agree, photos, sure (the best
// score of all), largest (difference), imports, explained, ms}.
import {readFileSync} from 'node:fs';
import path from 'node:path';
import {pathToFileURL} from 'node:url';

import {decodePng} from './png.mjs';

const [bundle, app, module, runs] = process.argv.slice(2);
const {Classifier} = await import(pathToFileURL(path.resolve(bundle)));
const read = (name) => readFileSync(path.join(app, name));
const best = (scores) => scores.indexOf(Math.max(...scores));

const info = JSON.parse(read('model.json'));
const classifier = await Classifier.load(info, read(module), read(info.plan), async () => read(info.why));
let agree = 0;
let largest = 0;
let explained = 0;
let sure = 0;
for (const golden of info.golden) {
  const scores = classifier.classify(decodePng(read(golden.file)));
  sure = Math.max(sure, ...golden.scores);
  agree += best(scores) === best(golden.scores) ? 1 : 0;
  golden.scores.forEach((score, i) => (largest = Math.max(largest, Math.abs(score - scores[i]))));
  const map = await classifier.explain(scores);
  if (map !== null && map.data.some((value) => value !== 0)) ++explained;
}
const pixels = decodePng(read(info.golden[0].file));
let ms = Infinity;
for (let i = 0; i < Number(runs ?? 0); ++i) {
  const begin = performance.now();
  classifier.classify(pixels);
  ms = Math.min(ms, performance.now() - begin);
}
const imports = WebAssembly.Module.imports(new WebAssembly.Module(read(module))).length;
console.log(JSON.stringify({agree, photos: info.golden.length, sure, largest, imports, explained, ms}));
