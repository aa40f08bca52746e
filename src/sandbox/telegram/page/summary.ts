import { wordsOf } from './richWire.ts';
import type { Message } from './wire.ts';

type Content = Pick<Message, 'text' | 'caption' | 'rich_message' | 'photo' | 'document'>;

/** One line that stands for a message, at most `length` characters, in a quote or a notice. */
export function summaryOf(message: Content, length: number): string {
  const text = message.text ?? message.caption ?? kindOf(message);
  const line = text.replaceAll(/\s+/g, ' ').trim();
  const characters = [...line];
  return characters.length <= length ? line : `${characters.slice(0, length - 1).join('')}…`;
}

function kindOf(message: Content): string {
  if (message.rich_message !== undefined) return wordsOf(message.rich_message.blocks);
  if (message.photo !== undefined) return 'Photo';
  return message.document?.file_name ?? 'Message';
}
