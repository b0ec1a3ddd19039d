import type { ModelState } from '../../../electron/ipc/frames.js';
import type { ModelInfo } from '../../../engine/types.js';
import { formatCount, formatNumber } from '../format.js';
import { t } from '../words.js';

/** A file's name without what people don't read: SmolLM2-135M-Instruct.Q4_1.gguf → SmolLM2 135M Instruct. */
export function modelName(file: string): string {
  const bare = file
    .replace(/\.(gguf|safetensors)$/i, '')
    .replace(/[-_.](?:i?q\d\w*|f16|f32|bf16)$/i, '')
    .replace(/[-_]+/g, ' ')
    .trim();
  return bare === '' ? file : bare;
}

/** What the loaded or loading model is called, by its file; null when there is none. */
export function currentModelName(model: ModelState): string | null {
  if (model.state === 'ready') return modelName(fileName(model.model.path));
  return model.state === 'loading' ? modelName(fileName(model.path)) : null;
}

/** 134515008 → 135 M, 7241732096 → 7.24 B */
export function formatParameters(parameters: number): string {
  return parameters >= 1e9
    ? t('model.billions', { written: formatNumber(parameters / 1e9, 2) })
    : t('model.millions', { written: formatCount(parameters / 1e6) });
}

export function formatHeads({ numHeads, numKvHeads, headDim }: ModelInfo): string {
  return t('model.facts.attentionIs', { heads: numHeads, kvHeads: numKvHeads, width: headDim });
}

/** The last part of a path, for people. */
export function fileName(path: string): string {
  return path.split(/[\\/]/).filter(Boolean).pop() ?? path;
}
