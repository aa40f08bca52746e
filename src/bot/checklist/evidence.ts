import type { Api } from 'grammy';
import type { Message } from 'grammy/types';
import type { Note } from '../../rollout/events.ts';
import type { Store } from '../../rollout/ports.ts';
import { fetchFile } from '../telegram-file.ts';

/** A photo or a file as Telegram names it. */
export interface SentFile {
  readonly id: string;
  /** The same for every bot and at every time. */
  readonly uniqueId: string;
  readonly name: string;
  /** Bytes. */
  readonly size?: number;
}

/** What somebody puts beside an item: words, or a file, whose caption may say of which item it speaks. */
export interface Evidence {
  readonly text: string;
  readonly file?: SentFile;
}

/** Characters of a note that are kept; more belongs into a file. */
const LONGEST_NOTE = 1_000;

/** Undefined for messages that are neither words nor a photo or file. */
export function evidenceOf(message: Message): Evidence | undefined {
  const { text, caption = '', document, photo } = message;
  if (document) {
    const { file_id: id, file_unique_id: uniqueId, file_name: name = 'file', file_size: size } = document;
    return { text: caption, file: { id, uniqueId, name, ...(size !== undefined && { size }) } };
  }
  const largest = photo?.at(-1);
  if (largest) {
    const { file_id: id, file_unique_id: uniqueId, file_size: size } = largest;
    return { text: caption, file: { id, uniqueId, name: 'photo.jpg', ...(size !== undefined && { size }) } };
  }
  return text?.trim() ? { text } : undefined;
}

/**
 * The evidence as the journal records it; a file is fetched and kept first. Done again it changes nothing.
 * @throws Error with a sentence fit for the chat.
 */
export async function keepEvidence(
  { text, file }: Evidence,
  where: { readonly rollout: string; readonly item: string },
  api: Api,
  store: Pick<Store, 'keep'>,
): Promise<Note> {
  if (!file) {
    if (text.length > LONGEST_NOTE)
      throw new Error(
        `A note takes up to ${LONGEST_NOTE} characters, and this one has ${text.length}. Send it as a file.`,
      );
    return { kind: 'text', text };
  }
  const bytes = await fetchFile(api, file.id, file.size);
  const readable = file.name.replace(/[^\w.-]+/g, '_').slice(-60);
  const kept = `evidence/${where.rollout}/${where.item}-${file.uniqueId}-${readable}`;
  await store.keep(kept, bytes);
  return { kind: 'file', name: file.name, kept };
}
