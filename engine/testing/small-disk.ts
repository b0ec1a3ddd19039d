import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, writeSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

interface Way {
  make: string[];
  enter: string[];
}

/** As root. */
const BY_ROOT: Way = { make: ['unshare', '--mount'], enter: ['--mount'] };
/** As anybody, where user namespaces are allowed: the app is not to think that it is root. */
const BY_USER: Way = {
  make: ['unshare', '--user', '--map-root-user', '--mount'],
  enter: ['--user', '--preserve-credentials', '--mount', 'unshare', ...asMyself()],
};
/** The file system lives as long as this does, and goes with it. */
const MOUNT = 'mount -t tmpfs -o "size=$1,mode=0777" tmpfs "$2" && echo mounted && exec cat';

function asMyself(): string[] {
  const { uid, gid } = userInfo();
  return ['--user', `--map-user=${uid}`, `--map-group=${gid}`];
}

/** A real file system as small as is wished, which only programs that are started for it see: nobody's disk is filled. */
export class SmallDisk {
  private constructor(
    private readonly keeper: ChildProcess,
    private readonly way: Way,
    private readonly folder: string,
  ) {}

  /** Null: the system lets nobody mount anything. */
  static async make(bytes: number): Promise<SmallDisk | null> {
    if (process.platform !== 'linux') return null;
    const folder = await mkdtemp(join(tmpdir(), 'pyramid-small-disk-'));
    for (const way of [BY_ROOT, BY_USER]) {
      const [program, ...args] = [...way.make, 'sh', '-c', MOUNT, 'sh', String(bytes), folder];
      const keeper = spawn(program, args, { stdio: ['pipe', 'pipe', 'ignore'] });
      const isMounted = await Promise.race([
        once(keeper.stdout, 'data').then(() => true),
        once(keeper, 'exit').then(() => false),
      ]);
      if (isMounted) return new SmallDisk(keeper, way, folder);
    }
    await rm(folder, { recursive: true });
    return null;
  }

  /** Where programs that `starter` starts find it. */
  get inside(): string {
    return this.folder;
  }

  /** Where others do. */
  get outside(): string {
    return `/proc/${this.keeper.pid}/root${this.folder}`;
  }

  /** A program that starts another one where it sees the disk. */
  async starter(executable: string): Promise<string> {
    const script = join(this.folder, 'start');
    const command = ['nsenter', `--target=${this.keeper.pid}`, ...this.way.enter, executable];
    await writeFile(script, `#!/bin/sh\nexec ${command.map((word) => `'${word}'`).join(' ')} "$@"\n`, { mode: 0o755 });
    return script;
  }

  /** To the last byte. */
  fill(): void {
    const file = openSync(this.filler, 'w');
    try {
      for (;;) writeSync(file, Buffer.alloc(4096));
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'ENOSPC') throw thrown;
    } finally {
      closeSync(file);
    }
  }

  /** Frees what `fill` took. */
  async makeRoom(): Promise<void> {
    await rm(this.filler);
  }

  async remove(): Promise<void> {
    const gone = once(this.keeper, 'exit');
    this.keeper.kill();
    await gone;
    await rm(this.folder, { recursive: true });
  }

  private get filler(): string {
    return join(this.outside, 'filler');
  }
}
