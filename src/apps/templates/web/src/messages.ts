// What page and worker say to each other.
import type {Pixels, Window} from './engine';
import type {ModelInfo} from './model';

export interface ClassMap {
  data: Float32Array; // [height][width], of the class that was asked for
  width: number;
  height: number;
}

export interface Ask {
  id: number;
  pixels: Pixels;
  why: boolean;
}

export interface Answer {
  id: number;
  scores: number[];
  milliseconds: number; // preprocessing and inference
  window: Window;
  map: ClassMap | null;
}

export type FromWorker =
  | {kind: 'ready'; model: ModelInfo; module: string; why: boolean}
  | {kind: 'answer'; answer: Answer}
  | {kind: 'failed'; id: number | null; message: string};
