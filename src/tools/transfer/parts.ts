/** What a gateway takes at once, with room to spare. */
const PART_BYTES = 900_000;

/** A text in pieces of any size, as parts that a gateway takes; none of them is empty. */
export async function* partsOf(pieces: AsyncIterable<string>): AsyncGenerator<string, void, undefined> {
  let part = '';
  for await (const piece of pieces) {
    part += piece;
    for (let end = endOf(part); end !== null; end = endOf(part)) {
      yield part.slice(0, end);
      part = part.slice(end);
    }
  }
  if (part !== '') yield part;
}

/** Where a part ends that is full: never within a character. Null while there is room. */
function endOf(text: string): number | null {
  // A UTF-16 unit has at most three bytes.
  if (text.length * 3 <= PART_BYTES || Buffer.byteLength(text) <= PART_BYTES) return null;
  const end = Buffer.byteLength(text.slice(0, PART_BYTES)) <= PART_BYTES ? PART_BYTES : Math.floor(PART_BYTES / 3);
  return text.slice(0, end).isWellFormed() ? end : end - 1;
}
