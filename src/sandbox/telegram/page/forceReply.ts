import type { Message, Person } from './wire.ts';

/**
 * The newest message that asks this person for a reply and was not answered: writing anything else lays it aside.
 * A selective one addresses whoever it replies to or mentions, as Telegram's clients read it.
 */
export function askedOf(messages: readonly Message[], person: Person): Message | undefined {
  for (let i = messages.length - 1; i >= 0; i -= 1) {
    const message = messages[i];
    if (message === undefined || message.from.id === person.id) return undefined;
    if (message.reply_markup?.force_reply === true && isFor(message, person)) return message;
  }
  return undefined;
}

function isFor(message: Message, person: Person): boolean {
  if (message.reply_markup?.selective !== true) return true;
  if (message.reply_to_message?.from.id === person.id) return true;
  const text = message.text ?? '';
  return (message.entities ?? []).some((e) => {
    if (e.type === 'text_mention') return e.user?.id === person.id;
    return e.type === 'mention' && text.slice(e.offset, e.offset + e.length) === `@${person.username}`;
  });
}
