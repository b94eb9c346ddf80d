import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ErrorCode } from '../kernel/errors';
import { HTTP_STATUS } from '../kernel/http-status';

export interface HttpError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly reason?: string;
  /** Where HTTP has a closer status than the code's own. */
  readonly status?: number;
}

export function replyJson(request: IncomingMessage, response: ServerResponse, status: number, body: unknown): void {
  if (response.headersSent || response.destroyed) return;
  const text = `${JSON.stringify(body)}\n`;
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
  });
  response.end(request.method === 'HEAD' ? undefined : text);
}

export function replyError(request: IncomingMessage, response: ServerResponse, error: HttpError, traceId: string): void {
  replyJson(request, response, error.status ?? HTTP_STATUS[error.code], errorBody(error, traceId));
}

/** Refuses an upgrade while the socket still speaks plain HTTP. */
export function refuseUpgrade(socket: Duplex, error: HttpError, traceId: string): void {
  const text = `${JSON.stringify(errorBody(error, traceId))}\n`;
  const status = error.status ?? HTTP_STATUS[error.code];
  // The peer may never close its half: the socket is given up as soon as the answer is out.
  socket.once('finish', () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${status} ${error.code}\r\nconnection: close\r\nx-trace-id: ${traceId}\r\n` +
      `content-type: application/json; charset=utf-8\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
  );
}

const errorBody = ({ code, message, reason }: HttpError, traceId: string): object => ({
  error: { code, message, ...(reason === undefined ? {} : { reason }), traceId },
});
