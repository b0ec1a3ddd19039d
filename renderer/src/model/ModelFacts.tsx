import type { ReactNode } from 'react';
import type { RuntimeInfo } from '../../../engine/types.js';
import { formatCount, formatSize, formatTokens } from '../format.js';
import { useApp } from '../store/store.js';
import { t } from '../words.js';
import { formatHeads, formatParameters } from './model-label.js';

/** What the loaded model is and what runs it. */
export function ModelFacts() {
  const loaded = useApp((state) => (state.model.state === 'ready' ? state.model : null));
  if (!loaded) return null;
  const { model, runtime, residentBytes, deviceBytes } = loaded;
  return (
    <dl className="figures facts">
      <Fact name={t('model.facts.title')} value={model.name} />
      <Fact
        name={t('model.facts.architecture')}
        value={t('model.facts.architectureIs', {
          architecture: model.architecture,
          parameters: formatParameters(model.parameters),
        })}
      />
      <Fact name={t('model.facts.layers')} value={<Num>{model.layers}</Num>} />
      <Fact name={t('model.facts.attention')} value={formatHeads(model)} />
      <Fact name={t('model.facts.context')} value={<Num>{formatTokens(model.contextLength)}</Num>} />
      <Fact name={t('model.facts.quantization')} value={model.quantization} />
      <Fact name={t('model.facts.file')} value={<Num>{formatSize(model.fileBytes)}</Num>} />
      <Fact name={t('model.facts.inMemory')} value={<Num>{formatSize(residentBytes)}</Num>} />
      {deviceBytes !== null && <Fact name={t('model.facts.onDevice')} value={<Num>{formatSize(deviceBytes)}</Num>} />}
      <Fact name={t('model.facts.runsOn')} value={machineWords(runtime)} />
      {runtime.device?.driver && <Fact name={t('model.facts.driver')} value={runtime.device.driver} />}
      <Fact
        name={t('model.facts.calledBy')}
        value={t(`model.facts.callers.${runtime.implementation}`, { version: runtime.onnxRuntimeVersion })}
      />
    </dl>
  );
}

function machineWords({ device, threads, onnxRuntimeVersion: version }: RuntimeInfo): string {
  if (device) return t('model.facts.gpu', { name: device.name || t('model.facts.gpuUnnamed'), version });
  return t('model.facts.cpu', { count: threads, threads: formatCount(threads), version });
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
