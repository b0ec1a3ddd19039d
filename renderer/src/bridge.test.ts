// @vitest-environment jsdom
import { MessageChannel } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { ENGINE_PORT_MESSAGE, type PyramidBridge } from '../../electron/ipc/bridge.js';
import type { EngineFrame } from '../../electron/ipc/frames.js';
import { CallError, createBridge, receiveEnginePort, toErrorShape } from './bridge.js';

describe('calls', () => {
  it('gives the value, or throws the error with its code and details', async () => {
    const error = { code: 'ENGINE_BUSY', message: 'Wait.', details: { waiting: 1 } } as const;
    const pyramid = {
      chooseModelFile: async () => ({ ok: true, value: '/a.gguf' }),
      ejectModel: async () => ({ ok: false, error }),
    } as unknown as PyramidBridge;
    const bridge = createBridge(pyramid);
    await expect(bridge.chooseModelFile('file')).resolves.toBe('/a.gguf');
    const thrown = await bridge.ejectModel().catch((caught: unknown) => caught);
    expect(thrown).toBeInstanceOf(CallError);
    expect(toErrorShape(thrown)).toEqual(error);
  });

  it('names anything else that is thrown INTERNAL', () => {
    expect(toErrorShape(new Error('odd'))).toMatchObject({ code: 'INTERNAL', message: 'odd' });
  });
});

describe('the engine’s port', () => {
  function deliver(port: unknown, source: unknown = window, message: unknown = ENGINE_PORT_MESSAGE): void {
    const event = new Event('message');
    Object.assign(event, { source, ports: [port] });
    Object.defineProperty(event, 'data', { value: message });
    window.dispatchEvent(event);
  }

  it('hands over frames, and leaves an old port when a new one comes', async () => {
    const frames: EngineFrame[] = [];
    let ports = 0;
    receiveEnginePort(
      window,
      () => ports++,
      (frame) => frames.push(frame),
    );
    const first = new MessageChannel();
    const second = new MessageChannel();
    deliver(first.port2, {});
    deliver(first.port2, window, 'something else');
    expect(ports).toBe(0);
    deliver(first.port2);
    first.port1.postMessage({ seq: 0, type: 'model', model: { state: 'none' } });
    await expect.poll(() => frames).toHaveLength(1);
    deliver(second.port2);
    second.port1.postMessage({ seq: 0, type: 'model', model: { state: 'none' } });
    await expect.poll(() => frames).toHaveLength(2);
    expect(ports).toBe(2);
    first.port1.close();
    second.port1.close();
  });
});
