const STEP_PERCENT = 10;

/**
 * Progress in percent on stderr, so that stdout stays the command's own: one line rewritten on a terminal,
 * one line every 10 % elsewhere.
 * @param {{ write(text: string): unknown, isTTY?: boolean }} [stream]
 */
export function createProgress(stream = process.stderr) {
  let label = '';
  let shownPercent = -1;

  function show(percent) {
    if (stream.isTTY) stream.write(`\r\u001b[2K${label} ${percent} %${percent === 100 ? '\n' : ''}`);
    else stream.write(`${label} ${percent} %\n`);
    shownPercent = percent;
  }

  function leaveLine() {
    if (stream.isTTY && shownPercent >= 0 && shownPercent < 100) stream.write('\n');
    shownPercent = -1;
  }

  return {
    /** @param {string} text what is being fetched or made */
    start(text) {
      leaveLine();
      label = text;
      show(0);
    },
    /** @param {number} fraction 0 to 1; never shown going back, and 100 % is left to `done` */
    update(fraction) {
      const percent = Math.min(99, Math.floor(fraction * 100));
      const step = stream.isTTY ? 1 : STEP_PERCENT;
      const rounded = percent - (percent % step);
      if (shownPercent >= 0 && rounded > shownPercent) show(rounded);
    },
    done() {
      if (shownPercent >= 0 && shownPercent < 100) show(100);
      shownPercent = -1;
    },
    /** @param {string} text a line of its own */
    note(text) {
      leaveLine();
      stream.write(`${text}\n`);
    },
  };
}
