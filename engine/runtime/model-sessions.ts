import { EngineError } from '../errors.js';
import { KvCache } from '../kv/kv-cache.js';
import type { ConvertedModel } from '../model/converted-model.js';
import { isQuick } from '../model/weight-plan.js';
import type { ScoreReduction } from '../onnx/score-graph.js';
import type { KvType } from '../types.js';
import { EmbeddingTable } from './embedding.js';
import { type ModelGraphs, modelGraphs } from './model-graphs.js';
import type { Session, SessionFactory, SessionOptions, SharedWeights } from './ort/session.js';

/** Everything of a model that runs, over one set of weights. */
export class ModelSessions {
  readonly embedding: EmbeddingTable;
  private readonly graphs: ModelGraphs;
  private readonly made: Session[] = [];
  private readonly whole = new Map<KvType, Promise<Session>>();
  private readonly measuring = new Map<KvType, Promise<Session>>();
  private readonly scoring = new Map<`${KvType} ${ScoreReduction} ${number}`, Promise<Session>>();

  private constructor(
    readonly model: ConvertedModel,
    readonly factory: SessionFactory,
    private readonly weights: SharedWeights,
    /** As `layerSegments` cuts it, [numLayers + 1]. */
    readonly layers: readonly Session[],
  ) {
    this.embedding = new EmbeddingTable(model);
    this.graphs = modelGraphs(model, factory.device);
  }

  /**
   * @param writingOn the type of cache that answers will be written on, if it is known: its session is then made now, or
   *   the first message would wait for it
   * @throws EngineError RUNTIME_FAILED, OUT_OF_MEMORY
   */
  static async create(model: ConvertedModel, factory: SessionFactory, writingOn?: KvType): Promise<ModelSessions> {
    const weights = factory.openWeights(model.weightsPath);
    const layers: Session[] = [];
    const sessions = new ModelSessions(model, factory, weights, layers);
    try {
      for (const graph of sessions.graphs.layers()) layers.push(await factory.create(graph, sessions.onWeights));
      // Not at the same time: sessions that are made at once do not find each other's repacked weights.
      if (writingOn) await sessions.wholeModel(writingOn);
      return sessions;
    } catch (error) {
      await sessions.release();
      throw error;
    }
  }

  /** All layers in one run, on a cache of this type. `allLogits`: of every row, not only of the last. */
  wholeModel(kvType: KvType, allLogits = false): Promise<Session> {
    return this.once(allLogits ? this.measuring : this.whole, kvType, () => {
      const graph = this.graphs.whole(kvType, allLogits);
      return this.factory.create(graph, { ...this.onWeights, capture: true });
    });
  }

  /**
   * All layers in one run, for one row of each of so many sequences; its owner releases it, before all others.
   * @throws EngineError DEVICE_UNAVAILABLE on a device
   */
  async batch(kvType: KvType, sequences: number): Promise<Session> {
    const graph = this.graphs.batch(kvType, sequences);
    if (graph) return this.factory.create(graph, { weights: this.weights, sharesRepacked: true });
    throw new EngineError(
      'DEVICE_UNAVAILABLE',
      'Several chats can be written at once on the processor only. Load the model for the CPU.',
    );
  }

  private get onWeights(): SessionOptions {
    return { weights: this.weights, sharesRepacked: !isQuick(this.model.config) };
  }

  /** Attention of some queries over a layer's keys of this type; on a device of several layers. */
  scores(keyType: KvType, reduction: ScoreReduction, layers = 1): Promise<Session> {
    return this.once(this.scoring, `${keyType} ${reduction} ${layers}`, () =>
      this.factory.create(this.graphs.scores(keyType, reduction, layers)),
    );
  }

  /** An empty one, where the model's sessions have theirs: on a device in the type that it computes in. */
  cache(contextLength: number, kvType: KvType): KvCache {
    const { device } = this.factory;
    return new KvCache(this.model.config, contextLength, device?.traits.type ?? kvType, device);
  }

  /** Waits for runs under way. */
  async release(): Promise<void> {
    await Promise.allSettled([...this.whole.values(), ...this.measuring.values(), ...this.scoring.values()]);
    for (const session of [...this.made.splice(0), ...this.layers]) await session.release();
    this.embedding.close();
    this.weights.release();
  }

  private once<Key>(made: Map<Key, Promise<Session>>, type: Key, make: () => Promise<Session>): Promise<Session> {
    const known = made.get(type);
    if (known) return known;
    const session = make().then((ready) => {
      this.made.push(ready);
      return ready;
    });
    made.set(type, session);
    // Out of memory now need not be so the next time.
    session.catch(() => made.delete(type));
    return session;
  }
}
