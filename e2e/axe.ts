import { AxeBuilder } from '@axe-core/playwright';
import { type App, expect, test } from './app.js';

export async function expectNoViolations({ page }: App, state: string): Promise<void> {
  await test.step(state, async () => {
    // The other mode opens a page of its own, which Electron does not have. A guard only hands the focus on.
    const axe = new AxeBuilder({ page }).setLegacyMode(true).exclude('[data-base-ui-focus-guard]');
    const { violations } = await axe.analyze();
    const found = violations.flatMap(({ id, help, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${help}: ${target.join(' ')}: ${failureSummary}`),
    );
    expect(found, state).toEqual([]);
  });
}
