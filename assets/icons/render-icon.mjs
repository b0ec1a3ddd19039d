// npx electron assets/icons/render-icon.mjs: draws icon.svg as icon.png, which Linux shows for the window.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { app, BrowserWindow } from 'electron';

const SIZE = 256;
const folder = import.meta.dirname;

async function render() {
  const window = new BrowserWindow({
    width: SIZE,
    height: SIZE,
    frame: false,
    transparent: true,
    webPreferences: { offscreen: true },
  });
  const svg = readFileSync(join(folder, 'icon.svg'), 'utf8').replace('<svg ', `<svg width="${SIZE}" height="${SIZE}" `);
  await window.loadURL(
    `data:text/html,${encodeURIComponent(`<body style="margin:0;overflow:hidden;background:transparent">${svg}</body>`)}`,
  );
  const drawn = await window.webContents.capturePage({ x: 0, y: 0, width: SIZE, height: SIZE });
  writeFileSync(join(folder, 'icon.png'), drawn.resize({ width: SIZE, height: SIZE }).toPNG());
  app.quit();
}

void app.whenReady().then(render);
