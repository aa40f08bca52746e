import * as v from 'valibot';
import { createJudge } from './create.ts';
import { headerSchema, type Reply, tickSchema } from './protocol.ts';

/** What came in was not of the protocol; the message is a sentence for people. */
export class ProtocolError extends Error {}

/**
 * The line protocol: a window's header sets the judge up anew, every tick is answered.
 * @returns what takes one line and gives the reply, if one is due. @throws ProtocolError
 */
export function speakLines(): (line: string) => Reply | undefined {
  let judge: ReturnType<typeof createJudge> | undefined;
  let id: string | undefined;
  let number = 0;
  return (line) => {
    number++;
    if (line.trim() === '') return undefined;
    const message = parse(line, number);
    const type =
      typeof message === 'object' && message !== null && 'type' in message ? message.type : undefined;
    if (type === 'window') {
      const header = check(headerSchema, message, number);
      judge = createJudge(header);
      id = header.id;
      return undefined;
    }
    if (type !== 'tick') {
      throw new ProtocolError(
        `Line ${number}: expected an object whose type is "window" or "tick", but its type is ${JSON.stringify(type)}.`,
      );
    }
    const tick = check(tickSchema, message, number);
    if (!judge)
      throw new ProtocolError(`Line ${number}: a tick came before any window. Send its header first.`);
    if (tick.id !== id) {
      throw new ProtocolError(
        `Line ${number}: the tick is of window ${JSON.stringify(tick.id)}, but the last header was of ${JSON.stringify(id)}. Send its header first.`,
      );
    }
    return judge(tick);
  };
}

function parse(line: string, number: number): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw new ProtocolError(
      `Line ${number}: expected one JSON object, but ${JSON.stringify(line.slice(0, 40))} is none (${(error as Error).message}).`,
    );
  }
}

function check<S extends v.GenericSchema>(schema: S, message: unknown, number: number): v.InferOutput<S> {
  const result = v.safeParse(schema, message);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const where = v.getDotPath(issue) ?? 'the line';
  throw new ProtocolError(`Line ${number}: '${where}' is wrong. ${issue.message}.`);
}
