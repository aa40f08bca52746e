import type { Message, Person } from './wire.ts';

/** The chat as the page knows it: a pure function of what came over the wire. */
export interface Chat {
  /** Rising by `message_id`. A message that did not change keeps its object, so its bubble is not drawn again. */
  readonly messages: readonly Message[];
  /** False until the history has come. */
  readonly loaded: boolean;
}

export type ChatEvent =
  | { readonly type: 'history'; readonly messages: readonly Message[] }
  | { readonly type: 'message'; readonly message: Message }
  | { readonly type: 'delete'; readonly messageId: number };

export const emptyChat: Chat = { messages: [], loaded: false };

export function evolveChat(chat: Chat, event: ChatEvent): Chat {
  switch (event.type) {
    case 'history':
      return { messages: event.messages.map((m) => keepIfSame(chat.messages, m)), loaded: true };
    case 'message':
      return { ...chat, messages: upsert(chat.messages, event.message) };
    case 'delete': {
      const at = positionOf(chat.messages, event.messageId);
      if (chat.messages[at]?.message_id !== event.messageId) return chat;
      return { ...chat, messages: chat.messages.toSpliced(at, 1) };
    }
  }
}

/** The chat as one person sees it: without what was said to somebody else alone. The same object where that is all of it. */
export function chatOf(person: Person, chat: Chat): Chat {
  const seen = chat.messages.filter(
    ({ from, receiver_user: to }) => to === undefined || [from.id, to.id].includes(person.id),
  );
  return seen.length === chat.messages.length ? chat : { ...chat, messages: seen };
}

/** Index of the first message whose id is at least `id`. */
export function positionOf(messages: readonly Message[], id: number): number {
  let low = 0;
  let high = messages.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((messages[middle]?.message_id ?? id) < id) low = middle + 1;
    else high = middle;
  }
  return low;
}

function upsert(messages: readonly Message[], message: Message): readonly Message[] {
  const at = positionOf(messages, message.message_id);
  const known = messages[at]?.message_id === message.message_id;
  return messages.toSpliced(at, known ? 1 : 0, message);
}

function keepIfSame(known: readonly Message[], message: Message): Message {
  const old = known[positionOf(known, message.message_id)];
  return old !== undefined && JSON.stringify(old) === JSON.stringify(message) ? old : message;
}
