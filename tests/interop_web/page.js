// Runs models in LiteRT.js; the driver calls window.answer.
import {loadAndCompile, loadLiteRt, Tensor} from '@litertjs/core';

const ready = loadLiteRt('/modules/@litertjs/core/wasm/');

async function floats(url) {
  return new Float32Array(await (await fetch(url)).arrayBuffer());
}

// The first output of the model at `url` for each input file, as arrays of numbers.
window.answer = async (url, shape, inputs) => {
  await ready;
  const model = await loadAndCompile(url, {accelerator: 'wasm'});
  const answers = [];
  for (const input of inputs) {
    const tensor = new Tensor(await floats(input), shape);
    const results = await model.run(tensor);
    answers.push(Array.from(results[0].toTypedArray()));
    tensor.delete();
    for (const result of results) result.delete();
  }
  model.delete();
  return answers;
};
