import type { ReactNode } from 'react';
import { formatSize, formatTokens } from '../format.js';
import { useApp } from '../store/store.js';
import { formatHeads, formatParameters } from './model-label.js';

/** What the loaded model is and what runs it. */
export function ModelFacts() {
  const loaded = useApp((state) => (state.model.state === 'ready' ? state.model : null));
  if (!loaded) return null;
  const { model, runtime, residentBytes } = loaded;
  return (
    <dl className="figures facts">
      <Fact name="Title" value={model.name} />
      <Fact name="Architecture" value={`${model.architecture}, ${formatParameters(model.parameters)} parameters`} />
      <Fact name="Layers" value={<Num>{model.layers}</Num>} />
      <Fact name="Attention" value={formatHeads(model)} />
      <Fact name="Context" value={<Num>{formatTokens(model.contextLength)}</Num>} />
      <Fact name="Quantization" value={model.quantization} />
      <Fact name="File" value={<Num>{formatSize(model.fileBytes)}</Num>} />
      <Fact name="In memory" value={<Num>{formatSize(residentBytes)}</Num>} />
      <Fact
        name="Runs on"
        value={`${runtime.executionProvider === 'cpu' ? `CPU, ${runtime.threads} threads` : 'WebGPU'}, ONNX Runtime ${runtime.onnxRuntimeVersion}`}
      />
      <Fact name="Called by" value={runtime.reason} />
    </dl>
  );
}

function Fact({ name, value }: { name: string; value: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function Num({ children }: { children: ReactNode }) {
  return <span className="num">{children}</span>;
}
