import { EngineError } from '../errors.js';
import type { DeviceChoice, Logger } from '../types.js';
import { type ChosenRuntime, chooseSessionFactory } from './choose-session.js';
import type { SessionFactory } from './session.js';

/** A device that was tested, or the reason why there is none. */
type TestDevice = (threads: number) => Promise<{ factory: SessionFactory; notes: readonly string[] }>;

const testWebGpu: TestDevice = async (threads) => (await import('./webgpu-self-test.js')).testDevice(threads);

/**
 * What a model runs on. `auto`: a graphics processor if one does right, else the processor; the reason says which.
 * @throws EngineError REQUEST_INVALID for another choice; DEVICE_UNAVAILABLE where `webgpu` is asked for and does not do;
 *   RUNTIME_UNAVAILABLE
 */
export async function chooseRuntime(
  choice: DeviceChoice,
  threads: number,
  logger?: Logger,
  test = testWebGpu,
): Promise<ChosenRuntime> {
  if (!['auto', 'cpu', 'webgpu'].includes(choice)) {
    throw new EngineError('REQUEST_INVALID', `A model runs on auto, cpu or webgpu, not on ${JSON.stringify(choice)}.`);
  }
  if (choice === 'cpu') return chooseSessionFactory(threads, logger);
  try {
    const { factory, notes } = await test(threads);
    const reason = [`WebGPU of ONNX Runtime ${factory.onnxRuntimeVersion}, tested at start`, ...notes].join('; ');
    logger?.info(reason);
    return { factory, reason };
  } catch (thrown) {
    const error = EngineError.from(thrown);
    if (choice === 'webgpu') throw error;
    logger?.warn(error.message);
    const { factory, reason } = await chooseSessionFactory(threads, logger);
    return { factory, reason: `${error.message} ${reason}` };
  }
}
