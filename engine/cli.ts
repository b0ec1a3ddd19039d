import { calibrate } from './cli/calibrate.js';
import { cases } from './cli/cases.js';
import { evaluate } from './cli/evaluate.js';
import { generate } from './cli/generate.js';
import { inspect } from './cli/inspect.js';
import { retrieve } from './cli/retrieve.js';
import { StoppedError } from './cli/stopped-error.js';
import { UsageError } from './cli/usage-error.js';
import { EngineError } from './errors.js';

const USAGE = `Usage:
  cli generate (--prompt TEXT [--system TEXT] | --messages FILE.json) [options]
  cli inspect [--model PATH] [--json]
  cli evaluate --text FILE [options]
  cli retrieve --cases FILE.jsonl [options]
  cli cases --text FILE --out FILE.jsonl [options]
  cli calibrate [options]

Options of generate:
  --model PATH           GGUF file or safetensors folder (default: the model that npm run setup fetched)
  --max-tokens N         end the answer after N tokens
  --temperature T        0 = always the likeliest token (default 0.8)
  --seed N               same seed, same text
  --precision float32    compute with float32 weights, for checking (default: default)
  --device NAME          cpu (default), webgpu, or auto: the quicker of both
  --preset NAME          off, faithful (default), balanced, compact or paper: how much of the text may be dropped
  --kv-budget MB         instead: what the memory of the text may take
  --config FILE          instead: any policy with its parameters, as JSON; bench/policies has examples
  --kv-type TYPE         int8 or float32, instead of what the preset or the file says; not with a budget (a preset:
                         float32 under --precision float32, else int8)
  --trace FILE           write how the memory grew, with the text, as JSON; the app opens it (docs/trace.md)
  --json                 print one object with the text, timings and cache figures

Options of evaluate (what a compression costs on text that goes on) and retrieve (on questions about a text), both
beside the full float32 cache:
  --preset NAME          off, faithful (default), balanced, compact or paper
  --profile FILE         presets as this profile has them, not the committed one
  --config FILE          instead of a preset: a configuration as JSON
  --model, --precision   as above
  --threads N            default: as many as there are cores
  --json                 print one object
  --prefix P             evaluate: tokens of each prompt (default 2048)
  --continuation C       evaluate: tokens behind it (default 256)
  --windows N            evaluate: so many, spread evenly over the text (default 24)
  --generation-eviction  evaluate: drop tokens of the continuation too, as of an answer
  --compact F            before what follows (of retrieve: the later turns) leave so much of all tokens, 0 to 1, by
                         reconstruction scores, as idle time will
  --mode ask|later       retrieve: the question ends the prompt (default), or follows in a later turn

Options of cases (texts with hidden facts and questions for them, a case a line):
  --cases N              texts (default 26)
  --facts K              hidden in each (default 4)
  --tokens N             of each text, about (default 2000)
  --seed S               same seed, same cases (default 1)

Options of calibrate (search the presets of a model, measure them, write its profile; Ctrl+C stops it, the same command
goes on):
  --model, --threads     as above
  --precision default    default here: float32, in which nothing but the compression makes a difference
  --text FILE            prose to measure on (default: WikiText-2's test set)
  --prefix, --continuation, --windows  what the search judges by (default 2048, 128, 6)
  --configurations N     judged at most for each preset (default 40)
  --cases N, --case-tokens N  texts asked about in the search (default 6 of 2000 tokens; 0: none)
  --report-prefix P,…    prompt lengths at which what was found is measured (default 512,2048)
  --report-windows N, --report-cases N  for that (default 24, 26)
  --seed S               of the cases
  --out FILE             the profile (default: with the committed ones, by the model file's name)

cli --help prints this. Exit codes: 0 done, 1 error (cause and way out on stderr), 2 wrong usage, 130 stopped by Ctrl+C.
`;

/** As shells have it for Ctrl+C. */
const STOPPED = 130;

const COMMANDS = new Map<string | undefined, (args: string[]) => Promise<void>>([
  ['generate', generate],
  ['inspect', inspect],
  ['evaluate', evaluate],
  ['retrieve', retrieve],
  ['cases', cases],
  ['calibrate', calibrate],
]);

async function main([name, ...args]: string[]): Promise<number> {
  const command = COMMANDS.get(name);
  if ([name, ...args].some((arg) => arg === '--help' || arg === '-h')) {
    process.stdout.write(USAGE);
    return 0;
  }
  try {
    if (!command) throw new UsageError(name ? `There is no command ${name}.` : 'A command is needed.');
    await command(args);
    return 0;
  } catch (thrown) {
    if (thrown instanceof UsageError) {
      process.stderr.write(`${thrown.message}\n\n${USAGE}`);
      return 2;
    }
    if (thrown instanceof StoppedError) {
      process.stderr.write(`${thrown.message}\n`);
      return STOPPED;
    }
    const { code, message } = EngineError.from(thrown);
    process.stderr.write(`${code}: ${message}\n`);
    return 1;
  }
}

// A reader that goes away, as `head` does, has what it wanted.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
process.exitCode = await main(process.argv.slice(2));
