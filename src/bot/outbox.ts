import { createHash } from 'node:crypto';
import { type Api, GrammyError, InputFile } from 'grammy';
import type { Store } from '../rollout/ports.ts';
import { keyboard, type View } from './buttons.ts';

/** Edits of one message are this far apart by themselves, in real milliseconds: groups allow about 20 a minute. */
const PACE_MS = 3_000;
/** What Telegram cannot take now is tried again after this long. */
const RETRY_MS = 5_000;

/** A message that should stand in the chat. Its key says which one it is; the same key is edited, never sent twice. */
export interface Post {
  readonly key: string;
  readonly view: View;
  /** Drawn when the message is first sent. Undefined, or a result of undefined: plain text. */
  readonly picture?: () => Promise<Uint8Array | undefined>;
  /** Whether the phone should ring. */
  readonly loud: boolean;
  /** Worth sending although it was not sent while it mattered. */
  readonly fresh: boolean;
  /** Least real milliseconds between two edits, where it is not loud; absent: {@link PACE_MS}. */
  readonly pace?: number;
}

export interface Place {
  readonly id: number;
  readonly topic?: number;
}

interface Sent {
  readonly message: number;
  readonly chat: number;
  readonly form: 'text' | 'photo';
  readonly digest: string;
}

type Shelf = Record<string, Sent>;

export interface Outbox {
  /**
   * Makes the chat show these posts. Only the latest call for an owner counts; what is the same as before costs nothing.
   */
  show(owner: string, place: Place, posts: () => readonly Post[]): void;
  /** Sends a post of the owner's once more, at the end of the chat, and takes the message of before away. */
  again(owner: string, key: string): void;
  /** What was shown last for this owner is the last word: it is forgotten once the chat says so. */
  finish(owner: string): void;
  /** Resolves when everything asked for so far was sent, or could not be. */
  idle(): Promise<void>;
  stop(): Promise<void>;
}

/** The one place that sends and edits what the bot shows by itself. Message ids are kept in the store, by owner. */
export function createOutbox(api: Api, store: Store, failed: (what: string, error: unknown) => void): Outbox {
  const owners = new Map<string, Owner>();
  let stopped = false;

  interface Owner {
    place: Place;
    posts: () => readonly Post[];
    work: Promise<void> | undefined;
    dirty: boolean;
    shelf: Shelf | undefined;
    editedAt: Map<string, number>;
    /** Keys of what is to be sent once more. */
    again: Set<string>;
    finished: boolean;
    timer: NodeJS.Timeout | undefined;
  }

  return {
    show(name, place, posts) {
      const owner = owners.get(name);
      if (owner) Object.assign(owner, { place, posts });
      else {
        owners.set(name, {
          place,
          posts,
          work: undefined,
          dirty: false,
          shelf: undefined,
          editedAt: new Map(),
          again: new Set(),
          finished: false,
          timer: undefined,
        });
      }
      wake(name);
    },
    again(name, key) {
      owners.get(name)?.again.add(key);
      wake(name);
    },
    finish(name) {
      const owner = owners.get(name);
      if (!owner) return;
      owner.finished = true;
      owner.editedAt.clear();
      wake(name);
    },
    async idle() {
      await Promise.all([...owners.values()].map((owner) => owner.work));
    },
    async stop() {
      stopped = true;
      for (const owner of owners.values()) clearTimeout(owner.timer);
      await this.idle();
    },
  };

  function wake(name: string): void {
    const owner = owners.get(name);
    if (!owner || stopped) return;
    owner.dirty = true;
    owner.work ??= workOff(name, owner).finally(() => {
      owner.work = undefined;
    });
  }

  function wakeLater(name: string, owner: Owner, ms: number): void {
    clearTimeout(owner.timer);
    owner.timer = setTimeout(() => {
      owner.timer = undefined;
      wake(name);
    }, ms).unref();
  }

  async function workOff(name: string, owner: Owner): Promise<void> {
    while (owner.dirty && !stopped) {
      owner.dirty = false;
      try {
        owner.shelf ??= (await store.readDocument<Shelf>(`messages/${name}`)) ?? {};
        for (const post of owner.posts()) await put(name, owner, owner.shelf, post);
      } catch (error) {
        failed(`the messages of ${name}`, error);
        if (isWorthRetrying(error)) wakeLater(name, owner, RETRY_MS);
      }
    }
    if (owner.finished && owner.timer === undefined) owners.delete(name);
  }

  async function put(name: string, owner: Owner, shelf: Shelf, post: Post): Promise<void> {
    const sent = shelf[post.key];
    const digest = digestOf(post.view);
    const again = owner.again.has(post.key);
    if (!again && (sent?.digest === digest || (!sent && !post.fresh))) return;
    const next = sent && !again ? await edit(name, owner, sent, post) : await send(owner, post);
    if (!next) return;
    owner.again.delete(post.key);
    shelf[post.key] = { ...next, digest };
    await store.writeDocument(`messages/${name}`, shelf);
    if (again && sent) await remove(sent);
  }

  /** What cannot be deleted any more, after 48 hours, at least loses its buttons. */
  async function remove({ chat, message }: Sent): Promise<void> {
    await api
      .deleteMessage(chat, message)
      .catch(() => api.editMessageReplyMarkup(chat, message))
      .catch((error) => failed('a message that was replaced', error));
  }

  async function send(owner: Owner, post: Post): Promise<Omit<Sent, 'digest'>> {
    const { place, ...rest } = { place: owner.place, ...options(post.view) };
    const where = {
      disable_notification: !post.loud,
      ...(place.topic && { message_thread_id: place.topic }),
    };
    const picture = await post.picture?.().catch((error) => {
      failed('a picture', error);
      return undefined;
    });
    if (picture) {
      const photo = new InputFile(picture, 'figures.png');
      try {
        const message = await api.sendPhoto(place.id, photo, { caption: post.view.html, ...rest, ...where });
        return { message: message.message_id, chat: message.chat.id, form: 'photo' };
      } catch (error) {
        // A question must not wait for its picture.
        if (!(error instanceof GrammyError) || error.error_code !== 400) throw error;
        failed('a picture', error);
      }
    }
    const preview = { link_preview_options: { is_disabled: true } };
    const message = await api.sendMessage(place.id, post.view.html, { ...rest, ...where, ...preview });
    return { message: message.message_id, chat: message.chat.id, form: 'text' };
  }

  /** @returns undefined when the edit must wait its turn. */
  async function edit(
    name: string,
    owner: Owner,
    sent: Sent,
    post: Post,
  ): Promise<Omit<Sent, 'digest'> | undefined> {
    const wait = (owner.editedAt.get(post.key) ?? 0) + (post.pace ?? PACE_MS) - Date.now();
    if (wait > 0 && !post.loud) {
      wakeLater(name, owner, wait);
      return undefined;
    }
    owner.editedAt.set(post.key, Date.now());
    try {
      if (sent.form === 'photo') {
        await api.editMessageCaption(sent.chat, sent.message, {
          caption: post.view.html,
          ...options(post.view),
        });
      } else {
        const preview = { link_preview_options: { is_disabled: true } };
        await api.editMessageText(sent.chat, sent.message, post.view.html, {
          ...options(post.view),
          ...preview,
        });
      }
    } catch (error) {
      if (isDone(error)) return sent;
      // Somebody deleted it, or the group has become another one: what still matters is posted anew.
      if (isGone(error)) return post.fresh ? await send(owner, post) : sent;
      throw error;
    }
    return sent;
  }
}

function options(view: View) {
  return { parse_mode: 'HTML' as const, reply_markup: keyboard(view.buttons) };
}

function digestOf(view: View): string {
  return createHash('sha256')
    .update(JSON.stringify([view.html, view.buttons ?? []]))
    .digest('base64url')
    .slice(0, 22);
}

function isDone(error: unknown): boolean {
  return error instanceof GrammyError && error.description.includes('message is not modified');
}

function isGone(error: unknown): boolean {
  return (
    error instanceof GrammyError &&
    /message (to edit not found|can't be edited)|upgraded to a supergroup/.test(error.description)
  );
}

/** A refusal that the same words will meet again is not tried again. */
function isWorthRetrying(error: unknown): boolean {
  return !(error instanceof GrammyError) || error.error_code === 429 || error.error_code >= 500;
}
