import { dayOf } from './time.ts';
import type { Message } from './wire.ts';

/** A message and its place among its neighbours. */
export interface Row {
  readonly message: Message;
  /** The day's name, on the first message of a day. */
  readonly day: string | undefined;
  /** First of a run of one sender's messages: carries the name. */
  readonly first: boolean;
  /** Last of such a run: carries the avatar. */
  readonly last: boolean;
}

/** A pause longer than this starts a new group, in seconds of the sandbox's clock. */
const PAUSE = 10 * 60;

export function toRows(messages: readonly Message[]): readonly Row[] {
  const starts = messages.map((message, i) => startsGroup(messages[i - 1], message));
  return messages.map((message, i) => {
    const before = messages[i - 1];
    const day = dayOf(message.date);
    return {
      message,
      day: before === undefined || dayOf(before.date) !== day ? day : undefined,
      first: starts[i] ?? true,
      last: starts[i + 1] ?? true,
    };
  });
}

function startsGroup(before: Message | undefined, message: Message): boolean {
  if (before === undefined || before.from.id !== message.from.id) return true;
  if (before.pinned_message !== undefined || message.pinned_message !== undefined) return true;
  return message.date - before.date > PAUSE || dayOf(before.date) !== dayOf(message.date);
}
