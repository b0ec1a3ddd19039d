import type { z } from 'zod';
import { EngineError, type EngineErrorShape } from '../../engine/errors.js';
import type { CallResult } from '../ipc/bridge.js';
import { callChannel } from '../ipc/channels.js';
import { type CallName, type CallOutput, type Contract, contract } from '../ipc/contract.js';

export type Handlers<Sender> = {
  [N in CallName]: (
    input: z.output<Contract[N]['input']>,
    sender: Sender,
  ) => Promise<z.input<Contract[N]['output']>> | z.input<Contract[N]['output']>;
};

interface CallEvent<Sender> {
  readonly sender: Sender;
}

/** The part of Electron's `ipcMain` that is needed; `E` is its event. */
interface CallReceiver<E> {
  handle(channel: string, listener: (event: E, ...args: unknown[]) => Promise<unknown>): void;
}

interface ValidatedIpcOptions<Sender, E extends CallEvent<Sender>> {
  receiver: CallReceiver<E>;
  /** Whether the call comes from the app's own page, not from some other frame. */
  isTrusted: (event: E) => boolean;
  handlers: Handlers<Sender>;
  /** Called with each failed call: the renderer may not show it. */
  onError: (name: CallName, error: EngineErrorShape) => void;
}

function firstProblem(error: z.ZodError): { field: string; problem: string } {
  const issue = error.issues[0];
  const path = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0]] : issue.path;
  return { field: path.map(String).join('.') || 'input', problem: issue.message };
}

function checkInput<N extends CallName>(name: N, args: readonly unknown[]): z.output<Contract[N]['input']> {
  if (args.length > 1) {
    throw new EngineError('REQUEST_INVALID', `${name}: one argument at most, not ${args.length}.`, { call: name });
  }
  const parsed = parseInput(name, args[0]);
  if (!parsed.success) {
    const { field, problem } = firstProblem(parsed.error);
    throw new EngineError('REQUEST_INVALID', `${problem} (${name}: ${field}).`, { call: name, field });
  }
  return parsed.data as z.output<Contract[N]['input']>;
}

function parseInput(name: CallName, input: unknown): ReturnType<z.ZodType['safeParse']> {
  try {
    return contract[name].input.safeParse(input);
  } catch {
    // It says of what kind a wrong input is, and asks that input's own constructor for its name.
    throw new EngineError('REQUEST_INVALID', `${name}: not what this call takes.`, { call: name });
  }
}

function checkOutput<N extends CallName>(name: N, value: unknown): CallOutput<N> {
  const parsed = contract[name].output.safeParse(value);
  if (!parsed.success) {
    const { field, problem } = firstProblem(parsed.error);
    throw new EngineError('INTERNAL', `${name} answered with a wrong shape: ${field}: ${problem}.`, { call: name });
  }
  return parsed.data as CallOutput<N>;
}

/** Runs one call: what goes in and what comes out is checked, and whatever is thrown becomes `{ok: false, error}`. */
export async function answerCall<N extends CallName, Sender>(
  name: N,
  handler: Handlers<Sender>[N],
  args: readonly unknown[],
  sender: Sender,
): Promise<CallResult<N>> {
  try {
    const value = await handler(checkInput(name, args), sender);
    return { ok: true, value: checkOutput(name, value) };
  } catch (thrown) {
    return { ok: false, error: EngineError.from(thrown).toShape() };
  }
}

/** Answers every call of the contract, and nothing else. */
export function registerHandlers<Sender, E extends CallEvent<Sender>>(options: ValidatedIpcOptions<Sender, E>): void {
  const register = <N extends CallName>(name: N): void => {
    options.receiver.handle(callChannel(name), async (event, ...args): Promise<CallResult<N>> => {
      const result = options.isTrusted(event)
        ? await answerCall(name, options.handlers[name], args, event.sender)
        : { ok: false as const, error: untrusted(name) };
      if (!result.ok) options.onError(name, result.error);
      return result;
    });
  };
  for (const name of Object.keys(contract) as CallName[]) register(name);
}

function untrusted(name: CallName): EngineErrorShape {
  return new EngineError('REQUEST_INVALID', `${name}: only the app's own window may call this.`, {
    call: name,
  }).toShape();
}
