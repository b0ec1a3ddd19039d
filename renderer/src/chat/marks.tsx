/** What is marked within a sentence: a figure, and what stands out or back. */
export const MARKS = { n: <span className="num" />, b: <b />, faint: <span className="faint" />, kbd: <kbd /> };
