// Runs models in LiteRT.js and MediaPipe; the driver calls window.answer and window.classify.
import {loadAndCompile, loadLiteRt, Tensor} from '@litertjs/core';
import {FilesetResolver, ImageClassifier} from '@mediapipe/tasks-vision';

const ready = loadLiteRt('/modules/@litertjs/core/wasm/');

async function floats(url) {
  return new Float32Array(await (await fetch(url)).arrayBuffer());
}

async function picture(url) {
  const image = new Image();
  image.src = url;
  await image.decode();
  return image;
}

// A picture of the model's size as its input: RGB, each channel scaled and moved.
async function normalised(url, [, height, width], scale, bias) {
  const context = Object.assign(document.createElement('canvas'), {width, height}).getContext('2d');
  context.drawImage(await picture(url), 0, 0);
  const {data} = context.getImageData(0, 0, width, height);
  return new Float32Array(3 * width * height).map((_, i) => data[4 * Math.floor(i / 3) + (i % 3)] * scale[i % 3] + bias[i % 3]);
}

// MediaPipe's answers to pictures: for each the names and scores of all categories, by their index.
async function classify(url, pictures) {
  const fileset = await FilesetResolver.forVisionTasks('/modules/@mediapipe/tasks-vision/wasm');
  const baseOptions = {modelAssetPath: url, delegate: 'CPU'};
  const classifier = await ImageClassifier.createFromOptions(fileset, {baseOptions, maxResults: -1, runningMode: 'IMAGE'});
  const answers = [];
  for (const name of pictures) {
    const [{categories}] = classifier.classify(await picture(name)).classifications;
    categories.sort((a, b) => a.index - b.index);
    answers.push({names: categories.map((c) => c.categoryName), scores: categories.map((c) => c.score)});
  }
  classifier.close();
  return answers;
}

// Pictures of the model's size in both runtimes.
window.classify = async (url, {shape, pictures, scale, bias}) => {
  const inputs = await Promise.all(pictures.map((name) => normalised(name, shape, scale, bias)));
  return {mediapipe: await classify(url, pictures), litert: await run(url, shape, inputs)};
};

// The first output of the model at `url` for each input file, as arrays of numbers.
window.answer = async (url, shape, inputs) => run(url, shape, await Promise.all(inputs.map(floats)));

async function run(url, shape, inputs) {
  await ready;
  const model = await loadAndCompile(url, {accelerator: 'wasm'});
  const answers = [];
  for (const input of inputs) {
    const tensor = new Tensor(input, shape);
    const results = await model.run(tensor);
    answers.push(Array.from(results[0].toTypedArray()));
    tensor.delete();
    for (const result of results) result.delete();
  }
  model.delete();
  return answers;
}
