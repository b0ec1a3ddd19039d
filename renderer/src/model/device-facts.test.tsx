// @vitest-environment jsdom
import { act, cleanup, render, screen } from '@testing-library/react';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { GraphicsDevice, RuntimeNote } from '../../../engine/types.js';
import { setLanguage } from '../../../locales/words.js';
import { READY } from '../fixtures/ready-model.js';
import { recordBridge } from '../fixtures/recorded-bridge.js';

const CARD: GraphicsDevice = { name: 'Card', kind: 'discrete', backend: 'Vulkan', driver: 'V 1.2', memoryBytes: 8e9 };
const note = (code: RuntimeNote['code'], details: RuntimeNote['details'] = {}): RuntimeNote => ({
  ...{ code, details, message: '' },
});

beforeAll(() => void recordBridge([]));
const load = async () => ({
  ...(await import('../store/store.js')),
  ...(await import('../store/state.js')),
  ...(await import('./DeviceFacts.js')),
});
let app: Awaited<ReturnType<typeof load>>;
beforeAll(async () => {
  app = await load();
});
beforeEach(() => app.appStore.setState(app.initialState('c'), true));
afterEach(() => {
  cleanup();
  setLanguage('en');
});

/** The paragraphs about a model that runs so. */
function words(device: GraphicsDevice | undefined, ...notes: RuntimeNote[]): (string | null)[] {
  app.appStore.setState({ model: { ...READY, runtime: { ...READY.runtime, device, notes } } });
  const { container } = render(<app.DeviceFacts />);
  return [...container.querySelectorAll('p')].map((paragraph) => paragraph.textContent);
}

it('says nothing of a model that runs as it was asked to on the processor', () => {
  expect(words(undefined)).toEqual([]);
});

it('announces the device of a model that is loaded on another one', () => {
  words(undefined);
  const place = screen.getByRole('status');
  expect(place.textContent).toBe('');
  act(() => app.appStore.setState({ model: { ...READY, runtime: { ...READY.runtime, device: CARD } } }));
  expect(place.textContent).toContain('Card, Vulkan.');
});

it('names the device, its driver and memory, as far as they are known', () => {
  expect(words(CARD)).toEqual(['Card, Vulkan. Driver: V 1.2. 8.00 GB of memory.']);
  cleanup();
  const unknown = { ...CARD, name: '', backend: 'Metal', driver: '', memoryBytes: null } as const;
  expect(words(unknown)).toEqual(['Graphics processor, Metal.']);
});

it('says why it runs on the processor, with figures as they are written elsewhere', () => {
  const quicker = note('processorQuicker', {
    name: 'Card',
    processorMs: 1234,
    deviceMs: 9876,
    read: 512,
    written: 128,
  });
  const tooSmall = note('tooSmall', { name: 'Card', neededBytes: 9.1e9, deviceBytes: 8e9 });
  const [first, second] = words(undefined, quicker, tooSmall);
  expect(first).toContain('1.2 s for reading 512 tokens and writing 128; 9.9 s on Card');
  expect(second).toContain('takes 9.10 GB of graphics memory, and Card has 8.00 GB');
  cleanup();
  setLanguage('de');
  expect(words(undefined, quicker)[0]).toContain('1,2 s für 512 gelesene');
});

it('keeps what a driver says short', () => {
  const [text] = words(CARD, note('noCapture', { reason: 'x'.repeat(5000) })).slice(1);
  expect(text?.length).toBeLessThan(300);
});
