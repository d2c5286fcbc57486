// Engine, plan and record together: photos in, scores out. Runs in the worker, and in tests under Node.
import {Engine, Pixels, Session} from './engine';
import type {ClassMap} from './messages';
import {best, ModelInfo} from './model';

export class Classifier {
  private map: Session | null = null;

  private constructor(
    private readonly engine: Engine,
    private readonly session: Session,
    private readonly whyPlan: (() => Promise<Uint8Array>) | null,
  ) {}

  static async load(
    info: ModelInfo,
    module: BufferSource,
    plan: Uint8Array,
    whyPlan: (() => Promise<Uint8Array>) | null,
  ): Promise<Classifier> {
    const engine = await Engine.load(module);
    const session = new Session(engine, plan);
    session.setPreprocess(info.preprocess);
    return new Classifier(engine, session, info.why === null ? null : whyPlan);
  }

  classify(pixels: Pixels): number[] {
    return this.session.classify(pixels);
  }

  window(width: number, height: number) {
    return this.session.window(width, height);
  }

  get canExplain(): boolean {
    return this.whyPlan !== null;
  }

  /** Where the last photo speaks for its best class; the map's plan is loaded when it is first asked for. */
  async explain(scores: number[]): Promise<ClassMap | null> {
    if (this.whyPlan === null) return null;
    this.map ??= new Session(this.engine, await this.whyPlan());
    this.map.take(this.session, 1);
    this.map.run();
    const [, height, width, classes] = this.map.shapes[0];
    const all = this.map.read(0);
    const at = best(scores);
    return {width, height, data: Float32Array.from({length: width * height}, (_, i) => all[i * classes + at])};
  }
}
