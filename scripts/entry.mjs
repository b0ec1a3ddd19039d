import { describeError } from './setup/setup-error.mjs';

/**
 * Whether the build tools run on this Node, by what they say of themselves: package.json's `engines` has the same.
 * @param {string} version
 */
export function isNodeSuitable(version) {
  const [major, minor] = version.split('.').map(Number);
  return major >= 24 || (major === 22 && minor >= 13) || (major === 20 && minor >= 19);
}

/**
 * Runs a command of package.json: refuses an unsuitable Node, turns what goes wrong into cause and next step, and sets the
 * exit code. `main` imports what it needs by itself, so that an old Node gets as far as the refusal.
 * @param {() => Promise<number | void>} main returns the exit code; nothing: 0
 */
export async function runEntry(main) {
  if (!isNodeSuitable(process.versions.node)) {
    console.error(
      `Pyramid Chat needs Node 20.19, 22.13, 24 or newer; this is Node ${process.versions.node}.\n→ Install a current Node (https://nodejs.org), then run the command again.`,
    );
    process.exitCode = 1;
    return;
  }
  // Through exit(), so that locks are let go and a started Xvfb ends.
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ]) {
    process.on(signal, () => process.exit(code));
  }
  try {
    process.exitCode = (await main()) ?? 0;
  } catch (error) {
    console.error(describeError(error));
    process.exitCode = 1;
  }
}
