import pino, { type Logger } from 'pino';

/** JSON lines on standard error: standard output is for what a person or a shell reads. */
export function createLog(level: string): Logger {
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination(2));
}
