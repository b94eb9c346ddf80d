import { GatewayError } from '../../kernel/errors';

/** What became of something that threw: a code of the closed list, canceled, or a bug. */
export function outcomeOf(error: unknown): string {
  if (error instanceof GatewayError) return error.code;
  const isAbort = error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError');
  return isAbort ? 'canceled' : 'INTERNAL_SERVER_ERROR';
}

/** Seconds since it was made. */
export function stopwatch(): () => number {
  const started = performance.now();
  return () => (performance.now() - started) / 1000;
}
