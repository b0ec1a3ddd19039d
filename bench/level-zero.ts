import { fromBinary, toBinary } from '@bufbuild/protobuf';
import type { Graph } from '../engine/onnx/graph-builder.js';
import { ModelProtoSchema } from '../engine/onnx/onnx_pb.js';
import type { Session, SessionFactory, SessionOptions, SharedWeights } from '../engine/runtime/session.js';

/** Runs graphs with MatMulNBits at accuracy level 0: float32 products instead of int8 ones. */
export class LevelZero implements SessionFactory {
  readonly implementation: SessionFactory['implementation'];
  readonly onnxRuntimeVersion: string;
  readonly threads: number;

  constructor(private readonly factory: SessionFactory) {
    this.implementation = factory.implementation;
    this.onnxRuntimeVersion = factory.onnxRuntimeVersion;
    this.threads = factory.threads;
  }

  openWeights(path: string): SharedWeights {
    return this.factory.openWeights(path);
  }

  create({ bytes, weights }: Graph, options?: SessionOptions): Promise<Session> {
    const model = fromBinary(ModelProtoSchema, bytes);
    const levels = (model.graph?.node ?? [])
      .flatMap(({ attribute }) => attribute)
      .filter(({ name }) => name === 'accuracy_level');
    for (const level of levels) level.i = 0n;
    return this.factory.create({ bytes: Uint8Array.from(toBinary(ModelProtoSchema, model)), weights }, options);
  }
}
