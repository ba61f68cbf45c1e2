/** What a request path or a file name cannot hold: marks of an address, control characters, half a character. */
const UNFIT = /[?#%\\\p{Control}\p{Surrogate}]/u;
/** Segments that would be hidden files, empty, or taken for the parts of the path around them. */
const UNFIT_SEGMENT = /^(?:|\..*|key|value|index\.json|index\.html)$/;
/** What file systems take, in bytes. */
const LONGEST_SEGMENT = 255;
const LONGEST_WORD = 1000;
/** NFC makes one character of four at most; of many accents on one letter it takes time that grows with their square. */
const LONGEST_TEXT = 4 * LONGEST_WORD;

/**
 * A label's key or value as it stands in a path of the label search, in lower case as clients ask; undefined where it
 * cannot be one.
 */
export function labelWord(text: string): string | undefined {
  if (text.length > LONGEST_TEXT) return undefined;
  const word = text.toLowerCase().normalize("NFC");
  if (word !== word.trim() || UNFIT.test(word) || Buffer.byteLength(word) > LONGEST_WORD) return undefined;
  return word.split("/").every(isSegment) ? word : undefined;
}

function isSegment(text: string): boolean {
  return !UNFIT_SEGMENT.test(text) && Buffer.byteLength(text) <= LONGEST_SEGMENT;
}
