export interface GraphQLFailure {
  readonly message: string;
  readonly extensions?: { readonly code?: string; readonly reason?: string; readonly retryAfterMs?: number };
}

/** What the gateway refused, by its `extensions.code`: CONFLICT, NOT_FOUND, BAD_USER_INPUT … */
export class ContextIQError extends Error {
  override readonly name = 'ContextIQError';

  constructor(
    readonly code: string,
    message: string,
    readonly reason: string | null = null,
    readonly retryAfterMs: number | null = null,
  ) {
    super(message);
  }

  static of([first]: readonly GraphQLFailure[]): ContextIQError {
    const { code = 'INTERNAL_SERVER_ERROR', reason = null, retryAfterMs = null } = first?.extensions ?? {};
    return new ContextIQError(code, first?.message ?? 'the gateway failed without a word', reason, retryAfterMs);
  }
}

/** Whether the same request may succeed later: the gateway says so, or never got to answer. */
export const mayPass = (error: unknown): boolean => !(error instanceof ContextIQError) || error.code === 'UNAVAILABLE' || error.code === 'RATE_LIMITED';
