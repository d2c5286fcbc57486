// What `paw app` says of the model: model.json. The one place where the page learns of sizes, labels and rules.

/** docs/preprocess.md; numbers as the engine takes them (include/paw/paw.h). */
export interface Preprocess {
  width: number;
  height: number;
  geometry: number;
  resize_short: number;
  filter: number;
  color: number;
  pad_value: number;
  scale: number[];
  bias: number[];
}

export interface Golden {
  file: string;
  scores: number[];
}

export interface ModelInfo {
  name: string;
  plan: string;
  labels: string[];
  /** The best score below it means "not sure". */
  threshold: number;
  preprocess: Preprocess;
  /** Largest difference of a score that the self-test accepts. */
  tolerance: number;
  golden: Golden[];
  /** Makes class maps of the main plan's second output; null: this model has none. */
  why: string | null;
}

/** Index of the best score; of equal ones the first. */
export function best(scores: ArrayLike<number>): number {
  let at = 0;
  for (let i = 1; i < scores.length; ++i) if (scores[i] > scores[at]) at = i;
  return at;
}

/** Indices of the `count` best scores, best first. */
export function top(scores: ArrayLike<number>, count: number): number[] {
  return Array.from(scores, (_, i) => i).sort((a, b) => scores[b] - scores[a] || a - b).slice(0, count);
}

/** Exponential smoothing over frames: `share` is what the new one counts for. */
export function smooth(before: number[] | null, now: number[], share: number): number[] {
  if (before === null || before.length !== now.length) return now;
  return now.map((score, i) => before[i] + share * (score - before[i]));
}
