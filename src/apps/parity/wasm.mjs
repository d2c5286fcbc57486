// APP PHOTOS: the answers of a web app's engine to photos. PHOTOS: a file of [{width, height, at}], pixels (RGBA) from byte `at` of
// PHOTOS.rgba on.
import {readFileSync} from 'node:fs';
import path from 'node:path';

import {Classifier} from '../templates/web/src/classifier';

const [app, photos] = process.argv.slice(-2);
const read = (name) => readFileSync(path.join(app, name));
const info = JSON.parse(read('model.json'));
const classifier = await Classifier.load(info, read('engine.wasm'), read(info.plan), null);
const pixels = readFileSync(`${photos}.rgba`);
const scores = JSON.parse(readFileSync(photos)).map(({width, height, at}) =>
  Array.from(classifier.classify({width, height, data: pixels.subarray(at, at + 4 * width * height)})));
console.log(JSON.stringify({version: `Node.js ${process.version}`, scores}));
