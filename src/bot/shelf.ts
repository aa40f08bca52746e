import { createHash } from 'node:crypto';
import type { Store } from '../rollout/ports.ts';
import { keyboard, type View } from './buttons.ts';

/** A message that stands in a chat, as far as is known. */
export interface Standing {
  readonly message: number;
  readonly chat: number;
  readonly form: Form;
  readonly digest: string;
  /** It is at the top of its chat. */
  readonly pinned?: boolean;
}

/** What edits change: the text of a message, or the caption of a picture. */
export type Form = 'text' | 'photo';

/** A send whose answer is not known: the message may stand in the chat. */
export interface Sending {
  readonly key: string;
  readonly chat: number;
  /** The highest number of a message that was known in the chat right before; a message that came has a higher one. */
  readonly after?: number;
  readonly form: Form;
  readonly content: Content;
  readonly digest: string;
}

/** Just what was sent, so that the same words can be looked for. */
export interface Content {
  readonly html: string;
  readonly reply_markup: ReturnType<typeof keyboard>;
}

/** The document `messages/NAME`: the messages of one owner by their keys, and the one that is being sent. */
export interface Shelf {
  posts: Record<string, Standing>;
  sending?: Sending;
}

export async function readShelf(store: Store, owner: string): Promise<Shelf> {
  const read = await store.readDocument<Shelf | Shelf['posts']>(`messages/${owner}`);
  // Before sends were noted down, the document was the posts alone; releases live for months.
  return isShelf(read) ? read : { posts: read ?? {} };
}

function isShelf(read: Shelf | Shelf['posts'] | undefined): read is Shelf {
  return read !== undefined && 'posts' in read;
}

export function writeShelf(store: Store, owner: string, shelf: Shelf): Promise<void> {
  return store.writeDocument(`messages/${owner}`, shelf);
}

export function contentOf(view: View): Content {
  return { html: view.html, reply_markup: keyboard(view.buttons) };
}

/** Two views of the same digest look the same. */
export function digestOf(view: View): string {
  return createHash('sha256')
    .update(JSON.stringify([view.html, view.buttons ?? []]))
    .digest('base64url')
    .slice(0, 22);
}
