import { writeSync } from 'node:fs';
import { redact, withoutKnown } from './secrets.ts';

/**
 * What this process prints has none of its secrets, whatever the way it ends: of an error nobody caught Node would print
 * every property, and clients keep tokens and whole requests in theirs.
 */
export function guardOutput(): void {
  // Standard output is read by programs, too: what only looks like a secret stays there.
  for (const [stream, clean] of [
    [process.stdout, withoutKnown],
    [process.stderr, redact],
  ] as const) {
    const write = stream.write.bind(stream);
    stream.write = (chunk: string | Uint8Array, ...rest: unknown[]) => {
      const said = typeof chunk === 'string' ? clean(chunk) : chunk;
      return Reflect.apply(write, stream, [said, ...rest]);
    };
  }
  process.on('uncaughtException', (error) => {
    // Written before the process ends, which a stream's write may not be.
    writeSync(2, `${redact(`Sluice failed at something that it does not know: ${tellError(error)}`)}\n`);
    process.exit(1);
  });
}

/** Where an error was thrown and what caused it, in their own words only. */
function tellError(error: unknown, depth = 0): string {
  if (!(error instanceof Error)) return String(error);
  const own = error.stack ?? `${error.name}: ${error.message}`;
  return error.cause === undefined || depth === 3
    ? own
    : `${own}\nCaused by ${tellError(error.cause, depth + 1)}`;
}
