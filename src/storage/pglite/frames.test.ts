import fc from 'fast-check';
import { splitFrames } from './frames';

const withLength = (body: Uint8Array): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length + 4);
  return Buffer.concat([length, body]);
};
const message = fc
  .tuple(fc.constantFrom(...Buffer.from('BCDEHPQSpdcf')), fc.uint8Array({ maxLength: 40 }))
  .map(([type, body]) => Buffer.concat([Buffer.from([type]), withLength(body)]));

test('however the bytes are cut, whole messages come out, in order and unchanged', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), fc.array(message, { maxLength: 8 }), fc.array(fc.nat(60), { maxLength: 30 }), (startup, messages, cuts) => {
      const stream = Buffer.concat([withLength(startup), ...messages]);
      const borders = new Set<number>([0]);
      let border = 0;
      for (const part of [withLength(startup), ...messages]) borders.add((border += part.length));

      const received: Uint8Array[] = [];
      let rest: Buffer = Buffer.alloc(0);
      let sent = 0;
      const feed = (end: number): void => {
        const frames = splitFrames(Buffer.concat([rest, stream.subarray(sent, end)]), Buffer.concat(received).length === 0);
        received.push(frames.complete);
        rest = frames.rest;
        sent = end;
        expect(borders).toContain(Buffer.concat(received).length);
      };
      for (const cut of cuts) feed(Math.min(stream.length, sent + cut));
      feed(stream.length);
      expect(Buffer.concat(received).equals(stream)).toBe(true);
      expect(rest).toHaveLength(0);
    }),
  );
});

test('the goodbye is kept from the server, and so is what follows it', () => {
  const query = Buffer.concat([Buffer.from('Q'), withLength(Buffer.from('select 1\0'))]);
  const goodbye = Buffer.concat([Buffer.from('X'), withLength(Buffer.alloc(0))]);
  const frames = splitFrames(Buffer.concat([query, goodbye, query]), false);
  expect(Buffer.from(frames.complete).equals(query)).toBe(true);
  expect(frames.ended).toBe(true);
});
