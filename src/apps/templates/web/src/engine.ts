// The engine (include/paw/paw.h in WebAssembly) as objects. Runs in a worker and in Node.
import type {Preprocess} from './model';

interface Exports {
  memory: WebAssembly.Memory;
  _initialize(): void;
  malloc(bytes: number): number;
  free(at: number): void;
  paw_last_error(): number;
  paw_plan_load(data: number, bytes: number, plan: number): number;
  paw_plan_free(plan: number): void;
  paw_plan_input(plan: number, index: number, port: number): number;
  paw_plan_output(plan: number, index: number, port: number): number;
  paw_plan_output_count(plan: number): number;
  paw_session_create(plan: number, threads: number, session: number): number;
  paw_session_free(session: number): void;
  paw_session_set_photo(s: number, i: number, p: number, pixels: number, w: number, h: number, channels: number): number;
  paw_session_input_data(session: number, index: number, data: number, bytes: number): number;
  paw_session_run(session: number): number;
  paw_session_read_real(session: number, index: number, data: number, count: number): number;
  paw_session_output_data(session: number, index: number, data: number, bytes: number): number;
  paw_photo_window(preprocess: number, width: number, height: number, window: number): number;
}

/** Pixels of a photo: RGBA, row by row. */
export interface Pixels {
  data: Uint8ClampedArray | Uint8Array;
  width: number;
  height: number;
}

/** The part of a photo that the model sees, in its pixels. */
export interface Window {
  x: number;
  y: number;
  width: number;
  height: number;
}

// Offsets in paw_port and paw_preprocess, which are laid out alike by every C compiler for wasm32.
const PORT = {bytes: 80, rank: 8, shape: 16};
const PREPROCESS_BYTES = 80;

export class Engine {
  private constructor(private readonly wasm: Exports) {}

  static async load(module: BufferSource): Promise<Engine> {
    const {instance} = await WebAssembly.instantiate(module, {});
    const wasm = instance.exports as unknown as Exports;
    wasm._initialize();
    return new Engine(wasm);
  }

  get exports(): Exports {
    return this.wasm;
  }

  bytes(): Uint8Array {
    return new Uint8Array(this.wasm.memory.buffer);
  }

  view(): DataView {
    return new DataView(this.wasm.memory.buffer);
  }

  allocate(bytes: number): number {
    const at = this.wasm.malloc(bytes);
    if (at === 0) throw new Error('out of memory');
    return at;
  }

  check(status: number): void {
    if (status === 0) return;
    const memory = this.bytes();
    const from = this.wasm.paw_last_error();
    let end = from;
    while (memory[end] !== 0) ++end;
    throw new Error(new TextDecoder().decode(memory.slice(from, end)));
  }

  /** Numbers of elements of each output of a loaded plan. */
  outputs(plan: number): number[][] {
    const port = this.allocate(PORT.bytes);
    const shapes: number[][] = [];
    for (let i = 0; i < this.wasm.paw_plan_output_count(plan); ++i) {
      this.check(this.wasm.paw_plan_output(plan, i, port));
      const view = this.view();
      const rank = view.getInt32(port + PORT.rank, true);
      shapes.push(Array.from({length: rank}, (_, d) => Number(view.getBigInt64(port + PORT.shape + 8 * d, true))));
    }
    this.wasm.free(port);
    return shapes;
  }
}

/** One plan, ready to run. */
export class Session {
  private readonly session: number;
  private readonly scratch: number; // pointers that calls fill, then numbers of outputs
  private record = 0;
  private photo = {at: 0, bytes: 0};
  readonly shapes: number[][];

  constructor(private readonly engine: Engine, plan: Uint8Array) {
    const wasm = engine.exports;
    const file = engine.allocate(plan.length);
    this.scratch = engine.allocate(64);
    engine.bytes().set(plan, file);
    engine.check(wasm.paw_plan_load(file, plan.length, this.scratch));
    wasm.free(file);
    const loaded = engine.view().getUint32(this.scratch, true);
    this.shapes = engine.outputs(loaded);
    engine.check(wasm.paw_session_create(loaded, 1, this.scratch));
    this.session = engine.view().getUint32(this.scratch, true);
    wasm.paw_plan_free(loaded);
  }

  setPreprocess(p: Preprocess): void {
    this.record ||= this.engine.allocate(PREPROCESS_BYTES);
    const view = this.engine.view();
    const words = [p.width, p.height, p.geometry, p.resize_short, p.filter, p.color, p.pad_value, 0];
    words.forEach((word, i) => view.setInt32(this.record + 4 * i, word, true));
    [...p.scale, ...p.bias].forEach((number, i) => view.setFloat64(this.record + 32 + 8 * i, number, true));
  }

  /** The scores of a photo, after setPreprocess. */
  classify(pixels: Pixels): number[] {
    const bytes = pixels.width * pixels.height * 4;
    if (bytes > this.photo.bytes) {
      if (this.photo.at !== 0) this.engine.exports.free(this.photo.at);
      this.photo = {at: this.engine.allocate(bytes), bytes};
    }
    this.engine.bytes().set(pixels.data, this.photo.at);
    const {width, height} = pixels;
    this.engine.check(
      this.engine.exports.paw_session_set_photo(this.session, 0, this.record, this.photo.at, width, height, 4),
    );
    this.run();
    return this.read(0);
  }

  /** The part of a photo of that size that the model sees. */
  window(width: number, height: number): Window {
    const at = this.engine.allocate(32);
    this.engine.check(this.engine.exports.paw_photo_window(this.record, width, height, at));
    const view = this.engine.view();
    const [x, y, w, h] = [0, 1, 2, 3].map((i) => view.getFloat64(at + 8 * i, true));
    this.engine.exports.free(at);
    return {x, y, width: w, height: h};
  }

  /** Copies the bytes of another session's output in as this one's input. */
  take(from: Session, output: number): void {
    const wasm = this.engine.exports;
    this.engine.check(wasm.paw_session_output_data(from.session, output, this.scratch, this.scratch + 4));
    this.engine.check(wasm.paw_session_input_data(this.session, 0, this.scratch + 8, this.scratch + 12));
    const view = this.engine.view();
    const [source, bytes, target, room] = [0, 4, 8, 12].map((i) => view.getUint32(this.scratch + i, true));
    if (bytes !== room) throw new Error('the two plans do not fit together');
    this.engine.bytes().copyWithin(target, source, source + bytes);
  }

  /** Sets the input to numbers, for a plan that takes floats. */
  write(input: Float32Array): void {
    const wasm = this.engine.exports;
    this.engine.check(wasm.paw_session_input_data(this.session, 0, this.scratch, this.scratch + 4));
    const view = this.engine.view();
    if (view.getUint32(this.scratch + 4, true) !== input.byteLength) throw new Error('the input has another size');
    new Float32Array(wasm.memory.buffer, view.getUint32(this.scratch, true), input.length).set(input);
  }

  run(): void {
    this.engine.check(this.engine.exports.paw_session_run(this.session));
  }

  /** An output as real numbers. */
  read(output: number): number[] {
    const count = this.shapes[output].reduce((a, b) => a * b, 1);
    const at = this.engine.allocate(4 * count);
    this.engine.check(this.engine.exports.paw_session_read_real(this.session, output, at, count));
    const numbers = Array.from(new Float32Array(this.engine.exports.memory.buffer, at, count));
    this.engine.exports.free(at);
    return numbers;
  }
}
