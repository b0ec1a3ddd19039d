import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { type App, expect, test } from './app.js';

/** Sockets that some process of the app listens on, as the kernel lists them: "address:port", both in hexadecimal. */
async function listeningSockets(app: App): Promise<string[]> {
  const { pids } = await app.processes();
  const inodes = new Set(pids.flatMap((pid) => socketInodes(pid)));
  const LISTEN = '0A';
  return ['tcp', 'tcp6'].flatMap((table) =>
    readFileSync(`/proc/net/${table}`, 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter((columns) => columns[3] === LISTEN && inodes.has(columns[9]))
      .map((columns) => columns[1]),
  );
}

function socketInodes(pid: number): string[] {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).flatMap((fd) => {
    try {
      return /^socket:\[(\d+)\]$/.exec(readlinkSync(`${folder}/${fd}`))?.[1] ?? [];
    } catch {
      // Closed since.
      return [];
    }
  });
}

const LOOPBACK = /^(0100007F|00000000000000000000000001000000|0000000000000000FFFF00000100007F):/;

test('the page is confined as it is written, by what Electron says of the real window', async ({ launch }) => {
  const app = await launch({ waitsForModel: false });
  const { page } = app;
  await app.modelIsLoaded();
  const preferences = await app.electron.evaluate(({ webContents }) =>
    webContents
      .getAllWebContents()
      .map((contents) => Reflect.apply(Reflect.get(contents, 'getLastWebPreferences'), contents, [])),
  );
  expect(preferences).toHaveLength(1);
  expect(preferences[0]).toMatchObject({
    sandbox: true,
    contextIsolation: true,
    webSecurity: true,
    nodeIntegration: false,
    nodeIntegrationInSubFrames: false,
    webviewTag: false,
    allowRunningInsecureContent: false,
    experimentalFeatures: false,
    enableBlinkFeatures: '',
  });

  const policies = await page.evaluate(async () => ({
    header: (await fetch('/index.html')).headers.get('content-security-policy'),
    meta: document.querySelector<HTMLMetaElement>('meta[http-equiv="Content-Security-Policy"]')?.content,
  }));
  for (const policy of Object.values(policies)) {
    expect(policy).toMatch(/^default-src 'none'; script-src 'self';/);
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
  }
  // A text becomes no program either: not by the driver, which may do anything, but by a timer of the page.
  app.expectedProblems.push(/Content Security Policy|Refused to evaluate/);
  const violated = await page.evaluate(
    () =>
      new Promise<string>((resolve) => {
        document.addEventListener('securitypolicyviolation', ({ blockedURI }) => resolve(blockedURI));
        Reflect.apply(window.setTimeout, window, ['window.ranText = true', 0]);
        setTimeout(() => resolve('nothing was violated'), 2000);
      }),
  );
  expect(violated).toBe('eval');
  expect(await page.evaluate(() => 'ranText' in window)).toBe(false);
});

test('the page gets no camera, no place, no notification, and no other permission but to copy', async ({ launch }) => {
  const app = await launch({ waitsForModel: false });
  const { page } = app;
  const states = await page.evaluate(async () => {
    const names = ['camera', 'microphone', 'geolocation', 'notifications', 'midi', 'clipboard-read'] as const;
    const state = (name: string) =>
      navigator.permissions.query({ name: name as PermissionName }).then(
        (status) => status.state,
        () => 'unknown',
      );
    return Promise.all(names.map(state));
  });
  expect(new Set(states)).toEqual(new Set(['denied']));
  const asked = await page.evaluate(async () => {
    const outcome = (wish: Promise<unknown>) =>
      wish.then(
        () => 'granted',
        (thrown: Error) => thrown.name,
      );
    return {
      media: await outcome(navigator.mediaDevices.getUserMedia({ audio: true, video: true })),
      place: await outcome(
        new Promise((resolve, reject) => navigator.geolocation.getCurrentPosition(resolve, () => reject(new Error()))),
      ),
      notification: await Notification.requestPermission(),
      read: await outcome(navigator.clipboard.readText()),
    };
  });
  expect(asked).toEqual({
    media: expect.stringMatching(/NotAllowedError|NotFoundError/),
    place: 'Error',
    notification: 'denied',
    read: 'NotAllowedError',
  });
  // A file is not fetched by the page, nor saved behind the user's back.
  const download = await app.electron.evaluate(async ({ session }) => {
    const blocked = new Promise<boolean>((resolve) =>
      session.defaultSession.once('will-download', (event) => resolve(event.defaultPrevented)),
    );
    session.defaultSession.downloadURL('data:text/plain,hello');
    return blocked;
  });
  expect(download).toBe(true);
});

test('nothing listens: no port of this app can be reached from elsewhere', async ({ app }) => {
  // biome-ignore lint/suspicious/noSkippedTests: elsewhere there is no such table
  test.skip(process.platform !== 'linux', 'the kernel’s tables are read');
  await app.send('Name three primary colors.');
  await app.stopAfterAFewWords();
  const sockets = await listeningSockets(app);
  // The driver's own door into the app, which a user's app does not have, is on loopback.
  expect(sockets.filter((address) => !LOOPBACK.test(address))).toEqual([]);
  expect(sockets.length).toBeLessThanOrEqual(2);
});
