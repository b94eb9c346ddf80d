import { request as plain } from 'node:http';
import { request as secure } from 'node:https';
import type { LookupFunction } from 'node:net';

export interface Call {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Answer {
  readonly status: number;
  readonly body: string;
}

export class AnswerTooLarge extends Error {
  override readonly name = 'AnswerTooLarge';
}

/** One request and its whole answer, of at most `maxBytes`; a redirect is an answer like any other. Over with the signal. */
export function exchange({ method, url, headers, body }: Call, lookup: LookupFunction, maxBytes: number, signal: AbortSignal): Promise<Answer> {
  return new Promise((done, failed) => {
    const outgoing = (url.protocol === 'https:' ? secure : plain)(url, { method, headers, lookup, signal }, (incoming) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      incoming.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > maxBytes) incoming.destroy(new AnswerTooLarge(`the answer has more than ${maxBytes} bytes`));
        else chunks.push(chunk);
      });
      incoming.once('end', () => { done({ status: incoming.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }); });
      incoming.once('error', failed);
    });
    outgoing.once('error', failed);
    outgoing.end(body);
  });
}
