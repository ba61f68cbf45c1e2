const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const BITS = 5;
const MORE = 1 << BITS;

/**
 * Ascending whole numbers as text: the distance of each to the one before, five bits a character, the lowest first; 32
 * more says that another character follows.
 *
 *     idList([0, 1, 40])   →   "AAmB"
 */
export function idList(ids: readonly number[]): string {
  let text = "";
  let next = 0;
  for (const id of ids) {
    let distance = id - next;
    for (; distance >= MORE; distance >>>= BITS) text += DIGITS[(distance & (MORE - 1)) | MORE];
    text += DIGITS[distance];
    next = id + 1;
  }
  return text;
}
