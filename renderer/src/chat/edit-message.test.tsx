// @vitest-environment jsdom
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, expect, it, vi } from 'vitest';
import type { PyramidBridge } from '../../../electron/ipc/bridge.js';

afterEach(cleanup);

it('what was made of a message stays when the window is drawn anew, and is gone once it is let be', async () => {
  window.pyramid = { composing: async () => undefined } as unknown as PyramidBridge;
  vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener() {}, removeEventListener() {} }));
  const { EditMessage } = await import('./EditMessage.js');
  const { actions } = await import('../store/window-actions.js');
  const message = { id: 'q', role: 'user' as const, text: 'Before', pasted: [] };
  const field = () => screen.getByRole('textbox') as HTMLTextAreaElement;
  act(() => actions.beginEdit('q'));
  const { rerender } = render(<EditMessage key="en" message={message} />);
  expect(field().value).toBe('Before');
  fireEvent.change(field(), { target: { value: 'After' } });
  rerender(<EditMessage key="de" message={message} />);
  expect(field().value).toBe('After');
  act(() => actions.cancelEdit());
  act(() => actions.beginEdit('q'));
  expect(field().value).toBe('Before');
});
