#!/usr/bin/env node
// Stands in for fpm, which electron-builder makes deb and rpm packages with: from the same arguments, by the
// distributions' own dpkg-deb and rpmbuild, so that it needs no download and a test sees what users get.
import { chmod, cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runCommand } from '../setup/command.mjs';
import { buildDeb } from './deb.mjs';
import { readFpmArguments } from './fpm-arguments.mjs';
import { buildRpm } from './rpm.mjs';

const BUILDERS = { deb: buildDeb, rpm: buildRpm };

/** Lays out the package's files as they will lie on the user's machine. */
async function stage(files, root) {
  for (const { from, to } of files) {
    const target = join(root, to);
    await mkdir(dirname(target), { recursive: true });
    await cp(from, target, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
    if (!from.endsWith('/')) await chmod(target, 0o644);
  }
  await runCommand('chmod', ['-R', 'u=rwX,go=rX', root]);
}

const options = readFpmArguments(process.argv.slice(2));
const folder = await mkdtemp(join(process.env.TMPDIR ?? tmpdir(), 'package-'));
try {
  const root = join(folder, 'root');
  await stage(options.files, root);
  await rm(options.output, { force: true });
  await BUILDERS[options.type](options, root, folder);
} finally {
  await rm(folder, { recursive: true, force: true });
}
