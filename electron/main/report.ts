import { readFile } from 'node:fs/promises';
import { cpus, freemem, release, totalmem } from 'node:os';
import { app, clipboard } from 'electron';
import { diagnosticsText, thisOwner } from './diagnostics.js';
import type { EngineHost } from './engine-host.js';
import { appSettingsOf, type Settings } from './settings.js';

interface ReportSources {
  engine: EngineHost;
  settings: () => Readonly<Settings>;
  logFile: string;
}

/** Puts what helps to find a fault on the clipboard, and returns it. */
export async function copyDiagnostics(sources: ReportSources): Promise<string> {
  const log = await readFile(sources.logFile, 'utf8').catch((thrown: unknown) => `(cannot be read: ${String(thrown)})`);
  const text = diagnosticsText({ facts: factsOf(sources), log }, thisOwner());
  clipboard.writeText(text);
  return text;
}

function factsOf({ engine, settings }: ReportSources): [name: string, value: string][] {
  const kept = settings();
  const { electron, chrome, node } = process.versions;
  const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;
  return [
    ['Pyramid Chat', `${app.getVersion()}${app.isPackaged ? '' : ', from source'}`],
    ['Runtime', `Electron ${electron}, Chromium ${chrome}, Node ${node}`],
    ['System', `${process.platform} ${release()} ${process.arch}, language ${app.getLocale()}`],
    ['Processor', `${cpus()[0]?.model.trim() || 'unknown'}, ${cpus().length} cores`],
    ['Memory', `${gigabytes(freemem())} of ${gigabytes(totalmem())} free`],
    ['Engine', engine.status.state],
    ['Model', engine.aboutModel ?? 'none'],
    // By name: what else comes to be kept may be the user's own words.
    [
      'Settings',
      JSON.stringify({ precision: engine.precision, compression: kept.compression, ...appSettingsOf(kept) }),
    ],
  ];
}
