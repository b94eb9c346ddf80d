import pino from 'pino';
import type { Logger } from '../../kernel/logger-type';

/** JSON lines on stdout (or on the given stream); keys and tokens never reach a line. */
export const createLogger = (level: string, stream?: NodeJS.WritableStream): Logger =>
  pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: ['authorization', 'apiKey', '*.authorization', '*.apiKey', 'headers.authorization'], censor: '[redacted]' },
    },
    stream ?? pino.destination({ fd: 1, sync: false }),
  );
