interface Example {
  /** What it is called, in the words of the language. */
  name: 'notes' | 'recall' | 'comparison';
  text: string;
  /** The answer is then offered to be compared with the full cache's. */
  isCompared?: boolean;
  /** Its little picture: how full each of six layers is drawn, the deepest first. */
  rows: readonly number[];
}

const NOTES = `14 January. Cable of the pressure sensor P2 replaced between the hut and the outer wall; the old one had a nick near the clamp. Started logging again at 11:40. First reading 3.214 m, staff reads 3.176 m.
22 January. Wind from the west, swell over the step, no levelling possible. Battery at 12.4 V. Looked at the float F1 from above: the guide tube is green with growth down to the second bracket.
3 February. Calm. Levelled both benchmarks, difference 2 mm. Brushed the guide tube of F1; it moves freely again. The radar R1 was replaced with the spare, serial 0417, at 14:05.
17 February. Read all five sensors within 2 mm of the staff. Changed the desiccant in the hut and wrote the date on the lid.
2 March. Frost on the ladder. Emptied the rain gauge, 18 mm since the last visit. The staff lost its lowest mark; painted a new one from the benchmark.
21 March. Storm of the night left weed on the intake grid of F1. Cleared it by hand, float follows the swell again within a minute. Took the log book to the office and left a new one.`;

const HIDDEN = [
  'The number of the green box is 4821.',
  'The number of the red box is 7306.',
  'The number of the blue box is 1954.',
  'The number of the white box is 6082.',
];
const FERRIES = ['Alma', 'Birgit', 'Corona', 'Dagny', 'Elektra'];
const PIERS = ['north pier', 'old pier', 'stone quay', 'south pier'];
const WEATHER = ['a light wind from the west', 'fog until noon', 'a calm sea', 'rain in the evening', 'clear sky'];
const LOADS = ['letters', 'apples', 'two bicycles', 'bread and milk', 'paint', 'a piano', 'sheep'];

/** The log of a harbour, a dull text in which something can be hidden. */
function harbourLog(days: number): string {
  const every = Math.floor(days / HIDDEN.length);
  return Array.from({ length: days }, (_, day) => {
    const hidden = day % every === 3 ? ` ${HIDDEN[Math.floor(day / every)] ?? ''}` : '';
    const people = 11 + ((day * 17) % 40);
    return `Day ${day + 1}. The ferry ${FERRIES[day % 5]} left the ${PIERS[(day * 3) % 4]} with ${people} people and ${LOADS[(day * 5) % 7]}; there was ${WEATHER[(day * 2) % 5]}.${hidden}`;
  }).join('\n');
}

/**
 * First messages to try, chosen so that the layers are seen to fill, and to drop. English in every language: the model
 * that comes with the app answers no other (asked in German for the red box, it says nothing).
 */
export const EXAMPLES: readonly Example[] = [
  {
    name: 'notes',
    text: `Read these notes and answer: which sensor was replaced, and when?\n\n${NOTES}`,
    rows: [0.36, 1, 0.5, 0.85, 1, 0.5],
  },
  {
    name: 'recall',
    text: `${harbourLog(44)}\n\nWhat is the number of the red box?`,
    rows: [0.2, 0.45, 0.3, 0.6, 0.8, 0.5],
  },
  {
    name: 'comparison',
    text: `${harbourLog(44)}\n\nWhat do the ferries carry? Answer in one sentence.`,
    isCompared: true,
    rows: [0.25, 0.4, 0.5, 0.7, 0.85, 1],
  },
];
