// Inference, away from the page: one photo at a time. The page sends the next one after the answer.
import {Classifier} from './classifier';
import type {Ask, FromWorker} from './messages';
import type {ModelInfo} from './model';
import {engineModule} from './modules';

function say(message: FromWorker, moved: Transferable[] = []): void {
  (self as unknown as Worker).postMessage(message, moved);
}

async function bytes(path: string): Promise<Uint8Array> {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

async function load(): Promise<Classifier> {
  const info = (await (await fetch('model.json')).json()) as ModelInfo;
  const module = engineModule();
  const [engine, plan] = await Promise.all([bytes(module), bytes(info.plan)]);
  const why = info.why;
  const classifier = await Classifier.load(info, engine, plan, why === null ? null : () => bytes(why));
  say({kind: 'ready', model: info, module, why: classifier.canExplain});
  return classifier;
}

const loaded = load();
loaded.catch((error) => say({kind: 'failed', id: null, message: String(error)}));

self.onmessage = async (event: MessageEvent<Ask>) => {
  const {id, pixels, why} = event.data;
  try {
    const classifier = await loaded;
    const begin = performance.now();
    const scores = classifier.classify(pixels);
    const milliseconds = performance.now() - begin;
    const window = classifier.window(pixels.width, pixels.height);
    say({kind: 'answer', answer: {id, scores, milliseconds, window, map: why ? await classifier.explain(scores) : null}});
  } catch (error) {
    say({kind: 'failed', id, message: String(error)});
  }
};
