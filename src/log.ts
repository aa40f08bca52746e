import pino, { type Logger } from 'pino';
import { redact } from './secrets.ts';

/** JSON lines on standard error, without secrets: standard output is for what a person or a shell reads. */
export function createLog(level: string): Logger {
  const out = pino.destination(2);
  const clean = { write: (line: string) => out.write(redact(line)) };
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, clean);
}
