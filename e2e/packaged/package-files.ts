import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@playwright/test';

/** Where scripts/checks/dist.mjs had them built: version 1, and a later one as a deb alone. */
const FOLDERS = { first: requiredVariable('PYRAMID_PACKAGES'), next: requiredVariable('PYRAMID_NEXT_PACKAGES') };
export const NEXT_VERSION = requiredVariable('PYRAMID_NEXT_VERSION');
export const INSTALLED = '/opt/Pyramid Chat';

function requiredVariable(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run \`npm test -- --only dist\``);
  return value;
}

/** The one file of a kind that was built. */
export function builtFile(ending: string, which: keyof typeof FOLDERS = 'first'): string {
  const [name, ...others] = readdirSync(FOLDERS[which]).filter((file) => file.endsWith(ending));
  expect(name, `a file that ends in ${ending}`).toBeDefined();
  expect(others).toEqual([]);
  return join(FOLDERS[which], name);
}

/** Runs a program of the system, which must end well: its output. */
export function output(program: string, args: string[], cwd?: string): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C.UTF-8' },
    maxBuffer: 1 << 28,
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}:\n${stdout}${stderr}`);
  return stdout;
}
