// npx electron assets/icons/render-icon.mjs: draws icon.svg in every size that a system asks for.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { app, BrowserWindow } from 'electron';

const SIZES = [16, 24, 32, 48, 64, 96, 128, 256, 512, 1024];
const ICO_SIZES = [16, 24, 32, 48, 64, 128, 256];
const ICNS_TYPES = { 16: 'icp4', 32: 'icp5', 64: 'icp6', 128: 'ic07', 256: 'ic08', 512: 'ic09', 1024: 'ic10' };
const folder = import.meta.dirname;
const svg = readFileSync(join(folder, 'icon.svg'), 'utf8');

/** Drawn at each size anew, not scaled down from one picture: small ones stay sharp. */
async function draw(size) {
  const window = new BrowserWindow({
    width: size,
    height: size,
    frame: false,
    transparent: true,
    webPreferences: { offscreen: true },
  });
  const sized = svg.replace('<svg ', `<svg width="${size}" height="${size}" `);
  await window.loadURL(
    `data:text/html,${encodeURIComponent(`<body style="margin:0;overflow:hidden;background:transparent">${sized}</body>`)}`,
  );
  let drawn;
  // The first pictures of a window may be taken before anything is painted.
  do drawn = await window.webContents.capturePage({ x: 0, y: 0, width: size, height: size });
  while (drawn.isEmpty());
  window.destroy();
  return drawn.resize({ width: size, height: size }).toPNG();
}

/** Windows: a list of pictures, then the pictures. A side of 256 is written as 0. */
function ico(pictures) {
  const header = Buffer.from([0, 0, 1, 0, ICO_SIZES.length, 0]);
  let offset = header.length + 16 * ICO_SIZES.length;
  const entries = ICO_SIZES.map((size) => {
    const entry = Buffer.alloc(16);
    entry.set([size % 256, size % 256, 0, 0, 1, 0, 32, 0]);
    entry.writeUInt32LE(pictures.get(size).length, 8);
    entry.writeUInt32LE(offset, 12);
    offset += pictures.get(size).length;
    return entry;
  });
  return Buffer.concat([header, ...entries, ...ICO_SIZES.map((size) => pictures.get(size))]);
}

function chunk(type, content) {
  const head = Buffer.alloc(8);
  head.write(type, 'latin1');
  head.writeUInt32BE(8 + content.length, 4);
  return Buffer.concat([head, content]);
}

/** macOS: chunks, each with a type that stands for its size. */
function icns(pictures) {
  const chunks = Object.entries(ICNS_TYPES).map(([size, type]) => chunk(type, pictures.get(Number(size))));
  return chunk('icns', Buffer.concat(chunks));
}

async function render() {
  mkdirSync(join(folder, 'sizes'), { recursive: true });
  const pictures = new Map();
  for (const size of SIZES) {
    pictures.set(size, await draw(size));
    writeFileSync(join(folder, 'sizes', `${size}x${size}.png`), pictures.get(size));
  }
  // What Linux shows for the window.
  writeFileSync(join(folder, 'icon.png'), pictures.get(256));
  writeFileSync(join(folder, 'icon.ico'), ico(pictures));
  writeFileSync(join(folder, 'icon.icns'), icns(pictures));
  app.quit();
}

app.on('window-all-closed', () => {});
void app.whenReady().then(render);
