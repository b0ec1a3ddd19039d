import { memo } from 'react';
import { blocksOf, linesOf } from './text-blocks.js';

/** As in the style sheet. */
const LINE_HEIGHT = 1.75;

/** A passage's words, in blocks of which the browser lays out those in sight; text-places.ts finds places in them. */
export const PassageText = memo(function PassageText({ id, text }: { id: string; text: string }) {
  return (
    <p data-passage={id} data-words dir="auto">
      {blocksOf(text).map((block) => (
        <span
          key={block.start}
          className="held-block"
          data-start={block.start}
          style={{ containIntrinsicBlockSize: `auto ${linesOf(block) * LINE_HEIGHT}em` }}
        >
          {block.text}
        </span>
      ))}
    </p>
  );
});
