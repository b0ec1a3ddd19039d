interface Example {
  title: string;
  about: string;
  text: string;
  /** Its little picture: how full each of six layers is drawn, the deepest first. */
  rows: readonly number[];
}

/** First messages to try, chosen so that the layers are seen to fill, and to drop. */
export const EXAMPLES: readonly Example[] = [
  {
    title: 'Ask a short question',
    about: 'A few words to read, and the answer fills the layers',
    text: 'Name three primary colors.',
    rows: [0.2, 0.2, 0.2, 0.2, 0.2, 0.2],
  },
  {
    title: 'Let it write',
    about: 'A story of a few hundred tokens; watch the striped part grow',
    text: 'Write a short story about a lighthouse keeper who finds a message in a bottle.',
    rows: [0.65, 0.65, 0.65, 0.65, 0.65, 0.65],
  },
  {
    title: 'Give it something to read',
    about: 'A page of notes and a question; most layers let go of a part of it',
    text: `Read these notes and answer: which sensor was replaced, and when?

14 January. Cable of the pressure sensor P2 replaced between the hut and the outer wall; the old one had a nick near the clamp. Started logging again at 11:40. First reading 3.214 m, staff reads 3.176 m.
22 January. Wind from the west, swell over the step, no levelling possible. Battery at 12.4 V. Looked at the float F1 from above: the guide tube is green with growth down to the second bracket.
3 February. Calm. Levelled both benchmarks, difference 2 mm. Brushed the guide tube of F1; it moves freely again. The radar R1 was replaced with the spare, serial 0417, at 14:05.
17 February. Read all five sensors within 2 mm of the staff. Changed the desiccant in the hut and wrote the date on the lid.
2 March. Frost on the ladder. Emptied the rain gauge, 18 mm since the last visit. The staff lost its lowest mark; painted a new one from the benchmark.
21 March. Storm of the night left weed on the intake grid of F1. Cleared it by hand, float follows the swell again within a minute. Took the log book to the office and left a new one.`,
    rows: [0.36, 1, 0.5, 0.85, 1, 0.5],
  },
];
