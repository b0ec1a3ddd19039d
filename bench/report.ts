import { PRESETS } from './field.js';
import type { Machine } from './machine.js';
import type { PrefillRow } from './prefill.js';
import type { QualityRow } from './quality.js';
import type { Quantity, SpeedResult, SpeedRow } from './speed.js';
import type { Quartiles } from './statistics.js';
import type { StreamingResult } from './streaming.js';
import { WORK_TOKENS, type WordWork } from './word-work.js';

const QUANTITY: Record<Quantity, string> = {
  import: 'First load, with import',
  load: 'Load',
  firstMessage: 'First token of the first message',
  firstToken: 'First token',
  laterTurn: 'First token of a later turn',
  decode: 'Each further token',
};

export function machineMarkdown(
  machine: Machine,
  versions: Record<string, string>,
  date = new Date().toISOString().slice(0, 10),
): string {
  const rows: [string, string][] = [
    ['Date', date],
    [
      'Processor',
      `${machine.processor}, ${machine.cores} cores, ${machine.features?.join(' ') ?? 'features not told'}`,
    ],
    ['Memory', `${(machine.memoryBytes / 2 ** 30).toFixed(1)} GiB`],
    ['System', machine.system],
    ['Software', [`Node ${machine.node}`, ...Object.entries(versions).map((entry) => entry.join(' '))].join(', ')],
    [
      'Other work',
      `${Math.round(100 * machine.busyShare)} % of the processor before the run; load average ${machine.loadAverage.map((load) => load.toFixed(2)).join(' ')}`,
    ],
  ];
  return table(['', ''], rows);
}

export function speedMarkdown({ rows, peakBytes, wordWork }: SpeedResult, kl: Record<string, number> | null): string {
  const speed = table(
    ['Milliseconds', 'tokens', 'llama.cpp', ...PRESETS],
    linesOf(rows).map((line) => {
      const [{ what, tokens, llama }] = line;
      const ours = PRESETS.map((preset) => cell(line.find((row) => row.preset === preset)));
      return [QUANTITY[what], tokens === null ? '' : String(tokens), llama ? times(llama) : '', ...ours];
    }),
  );
  const { llama, importing } = peakBytes;
  const memory = table(
    ['', 'llama.cpp', ...PRESETS],
    [
      ['Peak resident memory', megabytes(llama), ...PRESETS.map((preset) => megabytes(peakBytes[preset]))],
      ['… of llama.cpp’s', '', ...PRESETS.map((preset) => (peakBytes[preset] / llama).toFixed(2))],
      ['Peak while importing', '', '', megabytes(importing), '', ''],
      ...(kl ? [['KL to float32', '', ...PRESETS.map((preset) => significant(kl[preset]))]] : []),
    ],
  );
  return [speed, memory, wordWorkText(wordWork, rows)].join('\n\n');
}

function wordWorkText({ promptMs, tokenMs }: WordWork, rows: readonly SpeedRow[]): string {
  const fastest = Math.min(...rows.filter(({ what }) => what === 'decode').map(({ ours }) => ours.median));
  const share = ((100 * tokenMs) / fastest).toFixed(1);
  return (
    `Choosing a token with the usual settings and making text of it takes ${tokenMs.toFixed(2)} ms, ${share} % of the shortest time for a token above; ` +
    `template and tokenizer of a prompt of ${WORK_TOKENS} tokens take ${promptMs.toFixed(1)} ms.`
  );
}

/** Rows of the same quantity and length; each line of a table. */
function linesOf(rows: readonly SpeedRow[]): SpeedRow[][] {
  const lines = new Map<string, SpeedRow[]>();
  for (const row of rows) {
    const key = `${row.what} ${row.tokens}`;
    lines.set(key, [...(lines.get(key) ?? []), row]);
  }
  return [...lines.values()];
}

function cell(row: SpeedRow | undefined): string {
  if (!row) return '';
  return row.ratio === null ? times(row.ours) : `${times(row.ours)}, ${row.ratio.toFixed(2)}×`;
}

/** A table for each length. */
export function prefillMarkdown(rows: readonly PrefillRow[]): string {
  const lengths = [...new Set(rows.map(({ tokens }) => tokens))];
  return lengths
    .map((length) => {
      const cells = rows
        .filter(({ tokens }) => tokens === length)
        .map(({ name, firstTokenMs, ratio, peakBytes, loadedBytes }) => [
          name,
          milliseconds(firstTokenMs),
          ratio.toFixed(2),
          megabytes(peakBytes),
          megabytes(peakBytes - loadedBytes),
        ]);
      const head = ['', 'first token, ms', 'of off', 'peak resident memory', 'of that, since it was loaded'];
      return `${length} tokens:\n\n${table(head, cells)}`;
    })
    .join('\n\n')
    .concat(lengths.length > 1 ? `\n\n${growthCharts(rows, lengths)}` : '');
}

const PLOTTED = ['off', 'faithful', 'compact', 'paper'];

/** How time and memory grow with the prompt, a line for each preset, the order of PLOTTED from top to bottom in the text. */
function growthCharts(rows: readonly PrefillRow[], lengths: readonly number[]): string {
  const chart = (title: string, unit: string, value: (row: PrefillRow) => number) => {
    const lines = PLOTTED.map((name) => {
      const values = lengths.map((tokens) => rows.find((row) => row.name === name && row.tokens === tokens));
      return `  line [${values.map((row) => (row ? value(row).toFixed(2) : 0)).join(', ')}]`;
    });
    const head = [
      'xychart-beta',
      `  title "${title}"`,
      `  x-axis "tokens of the prompt" [${lengths.join(', ')}]`,
      `  y-axis "${unit}"`,
    ];
    return ['```mermaid', ...head, ...lines, '```'].join('\n');
  };
  return [
    `Lines: ${PLOTTED.join(', ')}.`,
    chart('Time to first token, per token of the prompt', 'ms', (row) => row.firstTokenMs / row.tokens),
    chart('Peak memory since the model was loaded', 'MB', (row) => (row.peakBytes - row.loadedBytes) / 1e6),
  ].join('\n\n');
}

export function qualityMarkdown(rows: QualityRow[]): string {
  const agreement = table(
    ['', 'top-10 logits, largest error', 'mean loss less the reference’s', 'mean KL to float32', 'decode, ms/token'],
    rows.map(({ precision, worstLogit, lossDifference, kl, stepMs }) => [
      precision,
      significant(worstLogit),
      significant(lossDifference),
      significant(kl),
      stepMs.toFixed(1),
    ]),
  );
  const steadiness = table(
    [
      '',
      'last token alone or not, largest logit difference',
      'greedy steps as golden',
      'closest step',
      'its two tokens',
      'apart',
    ],
    rows.map(({ precision, singleRowDifference, greedy: { steps, agreeing, closest } }) => [
      precision,
      significant(singleRowDifference),
      `${agreeing} of ${steps}`,
      String(closest.step),
      `\`${JSON.stringify(closest.best)}\`, \`${JSON.stringify(closest.second)}\``,
      closest.margin.toFixed(3),
    ]),
  );
  return `${agreement}\n\n${steadiness}`;
}

export function streamingMarkdown({ rows, findMs }: Omit<StreamingResult, 'versions'>): string {
  const frames = table(
    ['The answer', 'has', 'comes', 'frames a second', 'longest frame', 'tasks over 50 ms', 'longest task'],
    rows.map(({ what, begun, tokens, framesPerSecond, longestFrame, longTasks, longestTask }) => [
      what,
      `${begun} tokens`,
      `${tokens} tokens`,
      framesPerSecond.toFixed(1),
      `${Math.round(longestFrame)} ms`,
      String(longTasks),
      longTasks === 0 ? '' : `${Math.round(longestTask)} ms`,
    ]),
  );
  return `${frames}\n\nA word is found and marked in this chat within ${Math.round(findMs)} ms of being typed.`;
}

/** `document` with what stands between the markers of `section` replaced. @throws if it lacks them */
export function replaceSection(document: string, section: string, content: string): string {
  const [begin, end] = [`<!-- ${section}: begin -->`, `<!-- ${section}: end -->`];
  const [from, to] = [document.indexOf(begin), document.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`There are no markers of a section ${section}.`);
  return `${document.slice(0, from + begin.length)}\n${content}\n${document.slice(to)}`;
}

/** Markdown. */
export function table(head: string[], rows: string[][]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function times({ lower, median, upper, samples }: Quartiles): string {
  return samples === 1
    ? milliseconds(median)
    : `${milliseconds(median)} (${milliseconds(lower)}–${milliseconds(upper)})`;
}

function milliseconds(value: number): string {
  return value < 100 ? value.toFixed(1) : String(Math.round(value));
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}

function significant(value: number): string {
  return String(Number(value.toPrecision(2)));
}
