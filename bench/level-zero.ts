import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema } from '../engine/onnx/onnx_pb.js';
import type { Session, SessionFactory, SessionOptions } from '../engine/runtime/session.js';

/** Runs graphs with MatMulNBits at accuracy level 0: float32 products instead of int8 ones. */
export class LevelZero implements SessionFactory {
  readonly implementation: SessionFactory['implementation'];
  readonly onnxRuntimeVersion: string;

  constructor(private readonly factory: SessionFactory) {
    this.implementation = factory.implementation;
    this.onnxRuntimeVersion = factory.onnxRuntimeVersion;
  }

  create(graph: Uint8Array<ArrayBuffer>, options: SessionOptions): Promise<Session> {
    const model = fromBinary(ModelProtoSchema, graph);
    const levels = (model.graph?.node ?? [])
      .flatMap(({ attribute }) => attribute)
      .filter(({ name }) => name === 'accuracy_level');
    if (levels.length === 0) throw new Error('The graph has no accuracy levels to change.');
    for (const level of levels) level.i = 0n;
    return this.factory.create(Uint8Array.from(toBinary(ModelProtoSchema, model)), options);
  }
}
