import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { speakLines } from '../monitor/judge/lines.ts';

/**
 * Judges windows that come as lines of JSON on standard input; one line of JSON answers each tick. Ends with the
 * input. @throws ProtocolError for a line that is not of the protocol
 */
export async function judge(): Promise<void> {
  const take = speakLines();
  const lines = createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY });
  for await (const line of lines) {
    const reply = take(line);
    if (reply && !process.stdout.write(`${JSON.stringify(reply)}\n`)) await once(process.stdout, 'drain');
  }
}
