// Each engine as a function that answers one input: copying it in and the scores out is measured too.
import {loadAndCompile, loadLiteRt, Tensor} from '@litertjs/core';
import * as ort from '/modules/onnxruntime-web/dist/ort.wasm.min.mjs';
import {Engine, Session} from '/engine.mjs';
import {tfjsNet} from '/nets_tfjs.js';

ort.env.wasm.numThreads = 1;
ort.env.wasm.wasmPaths = '/modules/onnxruntime-web/dist/';
const litert = loadLiteRt('/modules/@litertjs/core/wasm/');
const bytes = async (url) => new Uint8Array(await (await fetch(url)).arrayBuffer());

async function ours(net, module) {
  const engine = await Engine.load(await bytes(`/wasm/${module}.wasm`));
  const session = new Session(engine, await bytes(`/models/${net}.plan`));
  return async (input) => {
    session.write(input);
    session.run();
    return session.read(0);
  };
}

async function liteRt(net) {
  await litert;
  const model = await loadAndCompile(`/models/${net}.tflite`, {accelerator: 'wasm'});
  return async (input) => {
    const tensor = new Tensor(input, [1, 224, 224, 3]);
    const results = await model.run(tensor);
    const scores = results[0].toTypedArray();
    tensor.delete();
    results.forEach((result) => result.delete());
    return scores;
  };
}

async function onnx(net) {
  const session = await ort.InferenceSession.create(`/models/${net}.onnx`, {executionProviders: ['wasm']});
  return async (input) => {
    const results = await session.run({image: new ort.Tensor('float32', input, [1, 3, 224, 224])});
    return results[session.outputNames[0]].data;
  };
}

// One thread: the page is not isolated, which threads ask for.
async function tensorFlow(net) {
  tf.wasm.setWasmPaths('/modules/@tensorflow/tfjs-backend-wasm/dist/');
  await tf.setBackend('wasm');
  const run = await tfjsNet(tf, net);
  return async (input) => {
    const image = tf.tensor4d(input, [1, 224, 224, 3]);
    const scores = run(image);
    const numbers = await scores.data();
    image.dispose();
    scores.dispose();
    return numbers;
  };
}

/** {engine: [ms of each run]}; engines interleave round by round. `agree`: ours and LiteRT's largest difference. */
window.measure = async (net, rounds, runs) => {
  const engines = {
    'ours': await ours(net, 'engine_relaxed'),
    'ours, no relaxed SIMD': await ours(net, 'engine'),
    'LiteRT.js': await liteRt(net),
    'ONNX Runtime Web': await onnx(net),
    'TensorFlow.js': await tensorFlow(net),
  };
  const input = Float32Array.from({length: 224 * 224 * 3}, (_, i) => ((i * 7919) % 255) / 127.5 - 1);
  const times = {};
  const answers = {};
  for (let round = 0; round <= rounds; ++round) {
    for (const [name, answer] of Object.entries(engines)) {
      times[name] ??= [];
      for (let i = 0; i < runs; ++i) {
        const begin = performance.now();
        answers[name] = await answer(input);
        const ms = performance.now() - begin;
        if (round > 0) times[name].push(ms); // the first warms up
      }
    }
  }
  const agree = answers.ours.reduce((most, v, i) => Math.max(most, Math.abs(v - answers['LiteRT.js'][i])), 0);
  return {times, agree};
};
window.ready = true;
