const NAME_WIDTH = 16;

/** Prints one line for each figure: its name, and what is to be said of it. */
export function printReport(rows: readonly (readonly [name: string, value: string])[]): void {
  process.stdout.write(rows.map(([name, value]) => `${name.padEnd(NAME_WIDTH)}${value}\n`).join(''));
}
