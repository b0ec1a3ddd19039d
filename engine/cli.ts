import { generate } from './cli/generate.js';
import { inspect } from './cli/inspect.js';
import { UsageError } from './cli/usage-error.js';
import { EngineError } from './errors.js';

const USAGE = `Usage:
  cli generate (--prompt TEXT [--system TEXT] | --messages FILE.json) [options]
  cli inspect [--model PATH] [--json]

Options of generate:
  --model PATH           GGUF file or safetensors folder (default: the model that npm run setup fetched)
  --max-tokens N         end the answer after N tokens
  --temperature T        0 = always the likeliest token (default 0.8)
  --seed N               same seed, same text
  --precision float32    compute with float32 weights, for checking (default: default)
  --preset NAME          off (default), faithful or paper: drop tokens from deeper layers while reading the prompt
  --json                 print one object with the text, timings and cache figures

Exit codes: 0 done, 1 error (cause and way out on stderr), 2 wrong usage.
`;

const COMMANDS = new Map<string | undefined, (args: string[]) => Promise<void>>([
  ['generate', generate],
  ['inspect', inspect],
]);

async function main([name, ...args]: string[]): Promise<number> {
  const command = COMMANDS.get(name);
  try {
    if (!command) throw new UsageError(name ? `There is no command ${name}.` : 'A command is needed.');
    await command(args);
    return 0;
  } catch (thrown) {
    if (thrown instanceof UsageError) {
      process.stderr.write(`${thrown.message}\n\n${USAGE}`);
      return 2;
    }
    const { code, message } = EngineError.from(thrown);
    process.stderr.write(`${code}: ${message}\n`);
    return 1;
  }
}

// A reader that goes away, as `head` does, has what it wanted.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
process.exitCode = await main(process.argv.slice(2));
