// Which of the engine's modules this browser can run. Asked by the worker, and by the service worker, which keeps that one.

// Smallest modules that use an instruction: i8x16.splat and i8x16.popcnt; f32x4.relaxed_madd.
const SIMD = [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11];
const RELAXED = [
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 19, 1, 17, 0, 65, 0, 253, 17, 65, 0, 253, 17, 65, 0,
  253, 17, 253, 133, 2, 11,
];

export const MODULES = ['engine_relaxed.wasm', 'engine.wasm', 'engine_scalar.wasm'];

export function engineModule(): string {
  if (WebAssembly.validate(new Uint8Array(RELAXED))) return MODULES[0];
  return WebAssembly.validate(new Uint8Array(SIMD)) ? MODULES[1] : MODULES[2];
}
