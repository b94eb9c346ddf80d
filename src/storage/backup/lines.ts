import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip, type Gunzip, type Gzip } from 'node:zlib';

const NEWLINE = 10;
/** A row is far smaller; a file without line ends is no backup. */
const MAX_LINE_BYTES = 256 * 1024 * 1024;

/** What fails in the source fails here with its own error. */
async function* through(source: AsyncIterable<Uint8Array | string>, transform: Gzip | Gunzip): AsyncGenerator<Buffer, void> {
  const done = pipeline(Readable.from(source, { objectMode: false }), transform);
  // The reader meets the same error; if it stops early, there is nobody to tell.
  done.catch(() => undefined);
  yield* transform as AsyncIterable<Buffer>;
  await done;
}

export const compressed = (lines: AsyncIterable<string>): AsyncGenerator<Buffer, void> => through(lines, createGzip({ level: 6 }));

/** The lines of a compressed body, without their ends. @throws Error when it is damaged or its last line has no end */
export async function* linesOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<string, void> {
  let held: Buffer[] = [];
  let length = 0;
  for await (const chunk of through(body, createGunzip())) {
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      yield Buffer.concat([...held, chunk.subarray(from, end)]).toString('utf8');
      [held, length, from] = [[], 0, end + 1];
    }
    if (from === chunk.length) continue;
    held.push(chunk.subarray(from));
    length += chunk.length - from;
    if (length > MAX_LINE_BYTES) throw new Error('a line without end');
  }
  if (length > 0) throw new Error('the last line has no end');
}
