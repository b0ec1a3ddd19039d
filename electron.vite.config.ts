import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';
import { licencesFile } from './scripts/build/licences.mjs';

// The oldest runtime the app has to run in is Electron 33 (Node 20.18, Chrome 130), which closed networks get.
const NODE_TARGET = 'node20.18';
const CHROME_TARGET = 'chrome130';

// npm packages stay outside the bundle of the main and engine processes: native ones have to, and
// electron-builder ships the others from node_modules.
export default defineConfig({
  main: {
    build: {
      target: NODE_TARGET,
      rolldownOptions: {
        input: {
          entry: 'electron/main/entry.ts',
          index: 'electron/main/index.ts',
          cli: 'engine/cli.ts',
          'engine-process': 'electron/utility/engine-process.ts',
          'attachment-process': 'electron/utility/attachment-process.ts',
          'chat-worker': 'electron/main/chats/worker.ts',
        },
      },
    },
  },
  preload: {
    build: {
      target: NODE_TARGET,
      // A sandboxed preload can require nothing but Electron and has to be CommonJS.
      externalizeDeps: false,
      rolldownOptions: {
        input: { index: 'electron/preload/index.ts' },
        output: { format: 'cjs', entryFileNames: '[name].cjs', codeSplitting: false },
      },
    },
  },
  renderer: {
    root: 'renderer',
    plugins: [react(), licencesFile(import.meta.dirname)],
    build: {
      target: CHROME_TARGET,
      // electron-vite leaves code as written; the page's script is read and compiled at each start.
      minify: true,
      // A font inside the style sheet (data:) would be refused by the page's security policy.
      assetsInlineLimit: 0,
      rolldownOptions: { input: { index: 'renderer/index.html' } },
    },
  },
});
