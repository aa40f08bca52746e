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

/** `before` and `after` are the neighbours of a part of the chat, absent at its ends. */
export function toRows(messages: readonly Message[], before?: Message, after?: Message): readonly Row[] {
  return messages.map((message, i) => {
    const previous = messages[i - 1] ?? before;
    const next = messages[i + 1] ?? after;
    const newDay = previous === undefined || dayOf(previous.date) !== dayOf(message.date);
    return {
      message,
      day: newDay ? dayOf(message.date) : undefined,
      first: newDay || startsGroup(previous, message),
      last: next === undefined || dayOf(next.date) !== dayOf(message.date) || startsGroup(message, next),
    };
  });
}

function startsGroup(before: Message, message: Message): boolean {
  if (before.from.id !== message.from.id) return true;
  if (before.pinned_message !== undefined || message.pinned_message !== undefined) return true;
  return message.date - before.date > PAUSE;
}
