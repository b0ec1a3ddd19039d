import { availableParallelism } from 'node:os';
import { readTokenizer } from '../engine/model/converted-folder.js';
import type { ChatMemory } from '../engine/runtime/chat-memory.js';
import { OrtCApi } from '../engine/runtime/ort/ort-c-api.js';
import { type Agreement, compareWithReference } from '../engine/testing/compare-with-reference.js';
import { readGolden } from '../engine/testing/golden.js';
import { type LoadedModel, loadModel, readWhole } from '../engine/testing/load-model.js';
import { Tokenizer } from '../engine/text/tokenizer.js';
import type { KvType, Precision } from '../engine/types.js';
import { quartiles } from './statistics.js';

/** How one way to compute stands to the float32 reference, and to itself. */
export interface QualityRow extends Omit<Agreement, 'stepMs'> {
  precision: string;
  /** Median milliseconds of one token at about a thousand of history. */
  stepMs: number;
  /** Largest logit difference between a prompt's last token run alone and run with those before it. */
  singleRowDifference: number;
  /** Along golden/chat.json's answer. */
  greedy: { steps: number; agreeing: number; closest: GreedyStep };
}

/** The step of golden/chat.json's answer at which the two likeliest tokens are nearest to each other. */
export interface GreedyStep {
  /** From 1. */
  step: number;
  best: string;
  second: string;
  /** Logit of the best less that of the second. */
  margin: number;
  /** The float32 reference's choice. */
  golden: string;
}

export interface QualityResult {
  rows: QualityRow[];
  versions: Record<string, string>;
}

export async function measureQuality(modelPath: string, progress: (text: string) => void): Promise<QualityResult> {
  const runtime = new OrtCApi(availableParallelism());
  const ways: [name: string, precision: Precision, kvType: KvType][] = [
    ['float32', 'float32', 'float32'],
    ['default', 'default', 'int8'],
    ['default, K/V in float32', 'default', 'float32'],
  ];
  const rows: QualityRow[] = [];
  for (const [name, precision, kvType] of ways) {
    progress(`Quality: ${name}`);
    const model = await loadModel(modelPath, precision, runtime);
    rows.push(await measure(name, model, await model.memory({ kvType, policy: { name: 'full' } })));
    await model.release();
  }
  return { rows, versions: { 'onnxruntime-node': `${runtime.onnxRuntimeVersion} (${runtime.implementation})` } };
}

async function measure(precision: string, model: LoadedModel, memory: ChatMemory): Promise<QualityRow> {
  const { stepMs, ...agreement } = await compareWithReference(memory);
  return {
    precision,
    ...agreement,
    stepMs: quartiles(stepMs).median,
    singleRowDifference: await singleRowDifference(memory),
    greedy: await followGreedy(model, memory),
  };
}

async function singleRowDifference(memory: ChatMemory): Promise<number> {
  const { promptIds } = await readGolden('chat.json');
  const last = promptIds.length - 1;
  memory.clear();
  const together = await readWhole(memory, promptIds);
  memory.clear();
  await readWhole(memory, promptIds.slice(0, last));
  const alone = await memory.append(promptIds[last]);
  return together.reduce((worst, logit, id) => Math.max(worst, Math.abs(logit - alone[id])), 0);
}

async function followGreedy({ model }: LoadedModel, memory: ChatMemory): Promise<QualityRow['greedy']> {
  const { promptIds, greedyIds } = await readGolden('chat.json');
  const tokenizer = new Tokenizer(await readTokenizer(model));
  const steps: GreedyStep[] = [];
  let agreeing = 0;
  memory.clear();
  let logits = await readWhole(memory, promptIds);
  for (const [i, golden] of greedyIds.entries()) {
    const best = largest(logits);
    const second = largest(logits, best);
    if (best === golden) agreeing++;
    const [bestText, secondText, goldenText] = [best, second, golden].map((id) => tokenizer.decode([id]));
    const margin = logits[best] - logits[second];
    steps.push({ step: i + 1, best: bestText, second: secondText, margin, golden: goldenText });
    logits = await memory.append(golden);
  }
  const closest = steps.reduce((nearest, step) => (step.margin < nearest.margin ? step : nearest));
  return { steps: steps.length, agreeing, closest };
}

function largest(logits: Float32Array, except = -1): number {
  return logits.reduce((best, logit, id) => (id !== except && (best < 0 || logit > logits[best]) ? id : best), -1);
}
