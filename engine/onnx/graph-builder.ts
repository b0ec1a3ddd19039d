import { create, toBinary } from '@bufbuild/protobuf';
import type { ByteRange } from '../model/converted-model.js';
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  type TensorProto,
  TensorProto_DataLocation,
  TensorProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from './onnx_pb.js';

/** ONNX's TensorProto.DataType. */
export const DATA_TYPE = { float32: 1, uint8: 2, int8: 3, int32: 6, int64: 7, float16: 10 } as const;
export type ElementType = keyof typeof DATA_TYPE;

/** A fixed length, or the name of one that is known at run time only. */
type Dimension = number | string;
export type Attribute = { float: number } | { int: number } | { string: string } | { ints: number[] };

/** A weight that a graph uses but does not hold. */
export interface GraphWeight {
  name: string;
  type: ElementType;
  shape: readonly number[];
  /** Where it lies in the weights file. */
  range: ByteRange;
}

/** A graph ready to be loaded. */
export interface Graph {
  /** An ONNX model file. */
  bytes: Uint8Array<ArrayBuffer>;
  weights: readonly GraphWeight[];
}

/** ONNX Runtime's own operators: MatMulNBits, GroupQueryAttention, RotaryEmbedding … */
const MICROSOFT_DOMAIN = 'com.microsoft';
const OPSET_VERSION = 17n;
const MICROSOFT_OPSET_VERSION = 1n;
/** The IR version that belongs to opset 17. */
const IR_VERSION = 8n;

/** File name, as ONNX Runtime looks it up beside the model, of the weights that the graph points into. */
const WEIGHTS_FILE = 'weights.bin';

/** Collects the nodes of one graph. Values are named; every method that makes one returns its name. */
export class GraphBuilder {
  private readonly nodes: NodeProto[] = [];
  private readonly initializers = new Map<string, TensorProto>();
  private readonly weights = new Map<string, GraphWeight>();
  private readonly inputs: ValueInfoProto[] = [];
  private readonly outputs: ValueInfoProto[] = [];

  constructor(private readonly name: string) {}

  input(name: string, type: ElementType, shape: readonly Dimension[]): string {
    this.inputs.push(valueInfo(name, type, shape));
    return name;
  }

  output(name: string, type: ElementType, shape: readonly Dimension[]): string {
    this.outputs.push(valueInfo(name, type, shape));
    return name;
  }

  /** A node of the standard operators with one output. */
  node(opType: string, inputs: readonly string[], attributes: Record<string, Attribute> = {}, output?: string): string {
    return this.append('', opType, inputs, [output ?? this.nextName(opType)], attributes)[0];
  }

  /** A node with several outputs; an output named '' is not computed. */
  manyOutputs(
    opType: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes: Record<string, Attribute>,
  ): readonly string[] {
    return this.append('', opType, inputs, outputs, attributes);
  }

  /** A node of ONNX Runtime's own operators. */
  microsoftNode(
    opType: string,
    inputs: readonly string[],
    attributes: Record<string, Attribute>,
    outputs: readonly string[] = [this.nextName(opType)],
  ): string {
    return this.append(MICROSOFT_DOMAIN, opType, inputs, outputs, attributes)[0];
  }

  nextName(opType: string): string {
    return `${opType}_${this.nodes.length}`;
  }

  /** A small constant inside the graph; the same name is stored once. */
  int64Constant(name: string, values: readonly number[]): string {
    const raw = new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
    return this.initializer(name, 'int64', [values.length], { rawData: raw });
  }

  int64Scalar(name: string, value: number): string {
    return this.initializer(name, 'int64', [], { rawData: new Uint8Array(BigInt64Array.of(BigInt(value)).buffer) });
  }

  float32Scalar(name: string, value: number): string {
    return this.initializer(name, 'float32', [], { rawData: new Uint8Array(Float32Array.of(value).buffer) });
  }

  uint8Scalar(name: string, value: number): string {
    return this.initializer(name, 'uint8', [], { rawData: Uint8Array.of(value) });
  }

  int8Constant(name: string, shape: readonly number[], values: Int8Array<ArrayBuffer>): string {
    return this.initializer(name, 'int8', shape, { rawData: new Uint8Array(values.buffer) });
  }

  float32Constant(name: string, shape: readonly number[], values: Float32Array<ArrayBuffer>): string {
    return this.initializer(name, 'float32', shape, { rawData: new Uint8Array(values.buffer) });
  }

  /** A weight that stays in the weights file. */
  externalWeight(name: string, type: ElementType, shape: readonly number[], range: ByteRange): string {
    this.weights.set(name, { name, type, shape, range });
    const entries = { location: WEIGHTS_FILE, offset: String(range.offset), length: String(range.length) };
    return this.initializer(name, type, shape, {
      dataLocation: TensorProto_DataLocation.EXTERNAL,
      externalData: Object.entries(entries).map(([key, value]) => ({ key, value })),
    });
  }

  build(): Graph {
    const graph = create(GraphProtoSchema, {
      name: this.name,
      node: this.nodes,
      input: this.inputs,
      output: this.outputs,
      initializer: [...this.initializers.values()],
    });
    const model = create(ModelProtoSchema, {
      irVersion: IR_VERSION,
      producerName: 'pyramid-chat',
      graph,
      opsetImport: [
        { domain: '', version: OPSET_VERSION },
        { domain: MICROSOFT_DOMAIN, version: MICROSOFT_OPSET_VERSION },
      ],
    });
    return { bytes: toBinary(ModelProtoSchema, model), weights: [...this.weights.values()] };
  }

  private initializer(
    name: string,
    type: ElementType,
    shape: readonly number[],
    content:
      | Pick<TensorProto, 'rawData'>
      | { dataLocation: TensorProto_DataLocation; externalData: { key: string; value: string }[] },
  ): string {
    if (!this.initializers.has(name)) {
      const tensor = create(TensorProtoSchema, {
        name,
        dataType: DATA_TYPE[type],
        dims: shape.map(BigInt),
        ...content,
      });
      this.initializers.set(name, tensor);
    }
    return name;
  }

  private append(
    domain: string,
    opType: string,
    input: readonly string[],
    output: readonly string[],
    attributes: Record<string, Attribute>,
  ): readonly string[] {
    const attribute = Object.entries(attributes).map(([name, value]) => attributeProto(name, value));
    const name = this.nextName(opType);
    this.nodes.push(
      create(NodeProtoSchema, { domain, opType, name, input: [...input], output: [...output], attribute }),
    );
    return output;
  }
}

function attributeProto(name: string, value: Attribute) {
  const { FLOAT, INT, STRING, INTS } = AttributeProto_AttributeType;
  if ('float' in value) return create(AttributeProtoSchema, { name, type: FLOAT, f: value.float });
  if ('int' in value) return create(AttributeProtoSchema, { name, type: INT, i: BigInt(value.int) });
  if ('ints' in value) return create(AttributeProtoSchema, { name, type: INTS, ints: value.ints.map(BigInt) });
  return create(AttributeProtoSchema, { name, type: STRING, s: new TextEncoder().encode(value.string) });
}

function valueInfo(name: string, type: ElementType, shape: readonly Dimension[]): ValueInfoProto {
  const dim = shape.map((length) =>
    typeof length === 'number'
      ? { value: { case: 'dimValue' as const, value: BigInt(length) } }
      : { value: { case: 'dimParam' as const, value: length } },
  );
  return create(ValueInfoProtoSchema, {
    name,
    type: { value: { case: 'tensorType', value: { elemType: DATA_TYPE[type], shape: { dim } } } },
  });
}
