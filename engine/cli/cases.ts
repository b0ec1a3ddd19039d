import { writeFile } from 'node:fs/promises';
import { EngineError } from '../errors.js';
import { MAX_FACTS, makeCases } from '../evaluate/make-cases.js';
import { findModelFiles } from '../model/model-files.js';
import { readSourceModel } from '../model/source-model.js';
import { MAX_SEED, seededRandom } from '../sampling/random.js';
import { Tokenizer } from '../text/tokenizer.js';
import { modelPathOf } from './places.js';
import { readTextFile } from './text-file.js';
import { countOption, numberOption, parseOptions, UsageError } from './usage-error.js';

/** Writes texts with hidden facts and the questions for them, for the command retrieve. */
export async function cases(args: string[]): Promise<void> {
  const values = parseOptions(args, {
    model: { type: 'string' },
    text: { type: 'string' },
    cases: { type: 'string' },
    facts: { type: 'string' },
    tokens: { type: 'string' },
    seed: { type: 'string' },
    out: { type: 'string' },
  });
  const { text: file, out } = values;
  if (file === undefined) throw new UsageError('--text is needed: a file of prose to hide facts in.');
  if (out === undefined) throw new UsageError('--out is needed: the file to write.');
  const isFacts = (value: number) => Number.isInteger(value) && value >= 1 && value <= MAX_FACTS;
  const plan = {
    cases: countOption('cases', values.cases) ?? 26,
    facts: numberOption('facts', values.facts, isFacts) ?? 4,
    tokens: countOption('tokens', values.tokens) ?? 2000,
  };
  const isSeed = (value: number) => Number.isInteger(value) && value >= 0 && value <= MAX_SEED;
  const seed = numberOption('seed', values.seed, isSeed) ?? 1;
  const prose = await readTextFile(file, 'REQUEST_INVALID');
  const source = await readSourceModel(await findModelFiles(modelPathOf(values.model)));
  const tokenizer = new Tokenizer(source.tokenizer);
  const made = makeCases(prose, plan, (text) => tokenizer.encode(text).length, seededRandom(seed));
  await write(out, made.map((one) => `${JSON.stringify(one)}\n`).join(''));
}

/** @throws EngineError REQUEST_INVALID */
async function write(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new EngineError('REQUEST_INVALID', `${path} cannot be written: ${reason}`, { path }, { cause });
  }
}
