import type { ReactNode } from 'react';
import { formatCount, formatSize } from '../format.js';
import { useApp } from '../store/store.js';
import { formatHeads, formatParameters } from './model-label.js';

/** What the loaded model is and what runs it. */
export function ModelFacts() {
  const loaded = useApp((state) => (state.model.state === 'ready' ? state.model : null));
  if (!loaded) return null;
  const { model, runtime, residentBytes } = loaded;
  return (
    <dl className="figures facts">
      <Fact name="Calls itself" value={model.name} />
      <Fact name="Architecture" value={`${model.architecture}, ${formatParameters(model.parameters)} parameters`} />
      <Fact name="Layers" value={<span className="num">{model.layers}</span>} />
      <Fact name="Attention" value={formatHeads(model)} />
      <Fact name="Context" value={`${formatCount(model.contextLength)} tokens`} />
      <Fact name="Quantization" value={model.quantization} />
      <Fact name="File" value={formatSize(model.fileBytes)} />
      <Fact name="In memory" value={formatSize(residentBytes)} />
      <Fact
        name="Runs on"
        value={`${runtime.executionProvider === 'cpu' ? `CPU, ${runtime.threads} threads` : 'WebGPU'}, ONNX Runtime ${runtime.onnxRuntimeVersion}`}
      />
      <Fact name="Through" value={runtime.reason} />
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
