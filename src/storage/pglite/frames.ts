const TERMINATE = 0x58;

export interface Frames {
  /** Whole messages, ready for the server; empty when none is complete. */
  readonly complete: Uint8Array<ArrayBuffer>;
  /** What is left: the beginning of a message. */
  readonly rest: Buffer;
  /** The client said goodbye; nothing after that counts. */
  readonly ended: boolean;
}

/**
 * Splits a client's bytes at the borders of PostgreSQL's wire messages: type byte, then a length that counts itself.
 * The very first message (`startup`) has no type byte. The server must never see half a message.
 */
export function splitFrames(bytes: Buffer, startup: boolean): Frames {
  let end = 0;
  let ended = false;
  let header = startup ? 0 : 1;
  while (end + header + 4 <= bytes.length) {
    if (header === 1 && bytes[end] === TERMINATE) {
      ended = true;
      break;
    }
    const next = end + header + bytes.readUInt32BE(end + header);
    if (next > bytes.length) break;
    end = next;
    header = 1;
  }
  // Copied, because the bytes are transferred to another thread and the driver's buffers are slices of a shared pool.
  return { complete: Uint8Array.from(bytes.subarray(0, end)), rest: bytes.subarray(end), ended };
}
