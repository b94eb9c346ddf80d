/** The same bytes in parts of exactly `size`, but the last. */
export async function* inParts(body: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Buffer, void> {
  let held: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    for (let from = 0; from < chunk.length; ) {
      const piece = chunk.subarray(from, from + size - length);
      held.push(piece);
      length += piece.length;
      from += piece.length;
      if (length < size) continue;
      yield Buffer.concat(held, length);
      [held, length] = [[], 0];
    }
  }
  if (length > 0) yield Buffer.concat(held, length);
}
