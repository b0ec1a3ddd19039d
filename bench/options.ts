import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import type { Precision } from '../engine/types.js';
import type { CompressionPlan } from './compression.js';
import { FORMATS } from './requantize.js';

export const USAGE = `Usage: npm run bench [-- OPTIONS]

Load time, time to first token, decode speed and memory, side by side with node-llama-cpp on the same file.

  --quality     instead: how near the logits are to the float32 reference
  --compression instead: what every preset costs, and the policies of others at equal tokens, beside the full cache
  --prefill     instead: time to first token and peak memory under every preset, beside the full cache
  --window      instead: how quick the app's own window is: bars, the survival view, typing
  --throughput  instead: how many sequences fit a KV budget under some presets, and the tokens a second of all together
  --streaming   instead: frames a second of the window while an answer is written into a long chat
  --quick       fewer rounds and lengths: to see that it works, not for figures
  --model PATH  another GGUF file (speed, --prefill and --throughput only)
  --format F    the model's layers rounded to Q4_0 or Q8_0, which llama.cpp is quickest at (speed only)
  --threads N   default: as many as there are cores
  --device D    cpu (default), or webgpu: both on the graphics processor, the other by Vulkan (speed only)
  --budget MB   of --throughput (default: what 8 whole sequences take in fp16)
  --json        print one object
  --write       put the tables into docs/measurements.md

Of --compression, which takes hours whole and may be split:
  --prefix P,…  tokens of the compressed prompts (default 512,2048,4096)
  --windows N   of each length (default 24; 0: none); 256 tokens follow each prompt
  --cases N     texts that are asked about (default 26; 0: none), --case-tokens N of about so many tokens (default 2000)
  --precision P float32 (default) or default, in which rounding alone makes a difference of its own
  --only A,…    these rows alone
  --save FILE   the results so far, after each length and mode
  --merge A,…   measure nothing: the tables of saved results, later files in place of earlier ones
`;

/** The command line cannot be followed: exit code 2. */
export class UsageError extends Error {}

export function readOptions(args: string[]) {
  try {
    const { values } = parseArgs({
      args,
      options: {
        quality: { type: 'boolean', default: false },
        compression: { type: 'boolean', default: false },
        prefill: { type: 'boolean', default: false },
        throughput: { type: 'boolean', default: false },
        budget: { type: 'string' },
        window: { type: 'boolean', default: false },
        streaming: { type: 'boolean', default: false },
        quick: { type: 'boolean', default: false },
        model: { type: 'string' },
        format: { type: 'string' },
        threads: { type: 'string', default: String(availableParallelism()) },
        device: { type: 'string', default: 'cpu' },
        json: { type: 'boolean', default: false },
        write: { type: 'boolean', default: false },
        prefix: { type: 'string' },
        windows: { type: 'string' },
        cases: { type: 'string' },
        'case-tokens': { type: 'string' },
        only: { type: 'string' },
        save: { type: 'string' },
        merge: { type: 'string' },
        precision: { type: 'string', default: 'float32' },
      },
    });
    const threads = count('threads', values.threads);
    if (values.quality && values.model !== undefined) {
      throw new UsageError('--quality is about the default model: only of that one are there reference results.');
    }
    if ((values.window || values.streaming) && values.model !== undefined) {
      throw new UsageError('--window and --streaming are about the window: they take no model.');
    }
    const format = FORMATS.find((one) => one === values.format);
    if (values.format !== undefined && !format) throw new UsageError(`--format is ${FORMATS.join(' or ')}.`);
    const quick = values.quick;
    const plan: CompressionPlan = {
      prefixes: (values.prefix ?? (quick ? '512' : '512,2048,4096')).split(',').map((part) => count('prefix', part)),
      continuation: quick ? 16 : 256,
      windows: count('windows', values.windows ?? (quick ? '2' : '24'), 0),
      cases: count('cases', values.cases ?? (quick ? '1' : '26'), 0),
      caseTokens: count('case-tokens', values['case-tokens'] ?? (quick ? '500' : '2000')),
      only: values.only?.split(',') ?? null,
      threads,
      precision: precisionOf(values.precision),
    };
    return {
      ...values,
      budgetBytes: budgetOf(values.budget),
      format,
      threads,
      device: deviceOf(values.device),
      plan,
      merge: values.merge?.split(','),
    };
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

export type Options = ReturnType<typeof readOptions>;

function budgetOf(megabytes?: string): number | null {
  return megabytes === undefined ? null : 1e6 * count('budget', megabytes);
}

function deviceOf(text: string): 'cpu' | 'webgpu' {
  if (text === 'cpu' || text === 'webgpu') return text;
  throw new UsageError('--device is cpu or webgpu.');
}

function precisionOf(text: string): Precision {
  if (text === 'default' || text === 'float32') return text;
  throw new UsageError('--precision is float32 or default.');
}

function count(name: string, text: string, least = 1): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isInteger(value) && value >= least) return value;
  throw new UsageError(`--${name} is a number from ${least} on.`);
}
