import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { GatewayError } from '../src/kernel/errors';
import { refuse } from './limits';

export interface BodyLimits {
  readonly maxBytes: number;
  readonly timeoutMs: number;
}

/** A client still sending is heard out up to this much, so that it reads the refusal instead of a reset connection. */
const MAX_DRAINED_BYTES = 16 * 1024 * 1024;

/**
 * The parsed body of a JSON POST; undefined for another content type or an empty body (Apollo explains those).
 * @throws GatewayError PAYLOAD_TOO_LARGE beyond `maxBytes`; BAD_USER_INPUT when it is no JSON, is compressed, or came too slowly.
 */
export async function readJsonBody(request: IncomingMessage, limits: BodyLimits): Promise<unknown> {
  if (request.method !== 'POST' || !isJson(request.headers['content-type'])) return undefined;
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    throw refuse('UNSUPPORTED_ENCODING', 'send the body uncompressed');
  }
  const bytes = await readBytes(request, limits);
  if (bytes.length === 0) return undefined;
  if (!isUtf8(bytes)) throw refuse('INVALID_JSON', 'the body is not UTF-8');
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    // V8's message quotes the body: this one says as much without.
    throw refuse('INVALID_JSON', 'the body is not valid JSON');
  }
}

const isJson = (contentType: string | undefined): boolean => contentType !== undefined && /^application\/json\s*(;|$)/i.test(contentType);

function readBytes(request: IncomingMessage, { maxBytes, timeoutMs }: BodyLimits): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const settle = (error?: GatewayError): void => {
      clearTimeout(timer);
      request.off('end', onEnd).off('close', onClose).off('error', onClose).off('data', onData);
      if (error === undefined) return resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, length));
      drain(request);
      reject(error);
    };
    const onEnd = (): void => settle();
    const onClose = (): void => settle(refuse('REQUEST_ABORTED', 'the request ended before its body did'));
    const onData = (chunk: Buffer): void => {
      length += chunk.length;
      if (length > maxBytes) return settle(tooLarge(maxBytes));
      chunks.push(chunk);
    };
    const timer = setTimeout(() => settle(refuse('REQUEST_TIMEOUT', `the body took longer than ${timeoutMs} ms`)), timeoutMs);
    request.on('end', onEnd).on('close', onClose).on('error', onClose);
    if (Number(request.headers['content-length'] ?? 0) > maxBytes) return settle(tooLarge(maxBytes));
    request.on('data', onData);
  });
}

function drain(request: IncomingMessage): void {
  let drained = 0;
  request.on('error', () => request.destroy());
  request.on('data', (chunk: Buffer) => {
    drained += chunk.length;
    if (drained > MAX_DRAINED_BYTES) request.destroy();
  });
  request.resume();
}

const tooLarge = (maxBytes: number): GatewayError =>
  new GatewayError('PAYLOAD_TOO_LARGE', `a request body has at most ${maxBytes} bytes`, { reason: 'BODY_TOO_LARGE' });
