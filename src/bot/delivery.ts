import { type Api, GrammyError, InputFile } from 'grammy';
import { timeLimit } from '../plan/time-limit.ts';
import type { Store } from '../rollout/ports.ts';
import { asGrammys, editTo, PLAIN_LINKS } from './edit-message.ts';
import { findLost } from './find-lost.ts';
import { fitHtml, LONGEST } from './fit-text.ts';
import type { Place, Post } from './outbox.ts';
import { isGone, isRefusal, isShutOut, isUnchanged } from './refusals.ts';
import type { Seen } from './seen.ts';
import { type Orders, withOrders } from './sending.ts';
import { contentOf, digestOf, type Form, type Shelf, type Standing, writeShelf } from './shelf.ts';

/** Of no view: the next edit finds out whether the message is there. */
const UNKNOWN = '';

/** A picture that is not drawn by then is done without, in real milliseconds. */
const PICTURE_MS = 10_000;

/** Brings one post of an owner's to its chat and writes down where it stands. Errors are Telegram's, or the store's. */
export interface Delivery {
  /** Finds what was being sent when the answer was lost, or concludes that it never came. */
  settle(owner: string, shelf: Shelf): Promise<void>;
  /** Sends it, and takes away the message that stood for it before. */
  send(owner: string, shelf: Shelf, place: Place, post: Post): Promise<void>;
  /**
   * Makes the message say it. One that is gone is sent anew, if it still matters.
   * @param others keys of posts that may be gone as well then: they no longer count as known to say what they should.
   * @returns whether it was sent anew.
   */
  edit(
    owner: string,
    shelf: Shelf,
    place: Place,
    sent: Standing,
    post: Post,
    others: readonly string[],
  ): Promise<boolean>;
}

/**
 * @param shelves of all owners, for what is known of other messages.
 * @param signal calls off what waits for its turn in a chat.
 */
export function createDelivery(
  api: Api,
  store: Store,
  shelves: () => readonly Shelf[],
  signal: AbortSignal,
  failed: (what: string, error: unknown) => void,
): Delivery {
  const standing = (chat: number) =>
    shelves().flatMap(({ posts }) =>
      Object.values(posts).flatMap((one) => (one.chat === chat ? [one.message] : [])),
    );

  return {
    async settle(owner, shelf) {
      const { sending } = shelf;
      if (!sending) return;
      const others = new Set(standing(sending.chat));
      const message = await findLost(api, sending, (id) => others.has(id));
      if (message === undefined) await forget(owner, shelf);
      else await keep(owner, shelf, sending.key, { ...sending, message });
    },
    send: sendPost,
    async edit(owner, shelf, place, sent, post, others) {
      const { view, loud, fresh } = post;
      try {
        const orders: Orders = { urgency: loud ? 'question' : 'card' };
        await editTo(api, sent, contentOf(fitted(view, sent.form)), withOrders(orders, {}), signal);
      } catch (error) {
        if (isGone(error) && fresh) {
          delete shelf.posts[post.key];
          for (const key of others) {
            const stands = shelf.posts[key];
            if (stands) shelf.posts[key] = { ...stands, digest: UNKNOWN };
          }
          await sendPost(owner, shelf, place, post);
          return true;
        }
        if (!isUnchanged(error) && !isGone(error)) throw error;
      }
      shelf.posts[post.key] = { ...sent, digest: digestOf(view) };
      await writeShelf(store, owner, shelf);
      return false;
    },
  };

  async function sendPost(owner: string, shelf: Shelf, place: Place, post: Post): Promise<void> {
    const picture = await inTime(post.picture).catch((error) => {
      failed('a picture', error);
      return undefined;
    });
    if (picture) {
      try {
        return await sendAs('photo', owner, shelf, place, post, (caption, other) =>
          api.sendPhoto(
            place.id,
            new InputFile(picture, 'figures.png'),
            { ...other, caption },
            asGrammys(signal),
          ),
        );
      } catch (error) {
        // A question must not wait for its picture.
        if (!(error instanceof GrammyError) || error.error_code !== 400 || isShutOut(error)) throw error;
        failed('a picture', error);
      }
    }
    await sendAs('text', owner, shelf, place, post, (text, other) =>
      api.sendMessage(place.id, text, { ...other, ...PLAIN_LINKS }, asGrammys(signal)),
    );
  }

  /** Its intent is on the disk before it leaves, in the chat's own turn, so that it can be found by what is known then. */
  async function sendAs(
    form: Form,
    owner: string,
    shelf: Shelf,
    place: Place,
    { key, view, loud }: Post,
    call: (html: string, other: object) => Promise<{ message_id: number; chat: { id: number } }>,
  ): Promise<void> {
    const content = contentOf(fitted(view, form));
    const intent = { key, form, content, digest: digestOf(view) };
    const before = async (seen: Seen) => {
      const after = Math.max(seen.last ?? 0, ...standing(seen.chat));
      shelf.sending = { ...intent, chat: seen.chat, ...(after > 0 && { after }) };
      await writeShelf(store, owner, shelf);
    };
    const other = {
      parse_mode: 'HTML' as const,
      reply_markup: content.reply_markup,
      disable_notification: !loud,
      ...(place.topic && { message_thread_id: place.topic }),
    };
    const orders: Orders = { urgency: loud ? 'question' : 'card', before };
    try {
      const { message_id: message, chat } = await call(content.html, withOrders(orders, other));
      await keep(owner, shelf, key, { message, chat: chat.id, form, digest: intent.digest });
    } catch (error) {
      if (isRefusal(error)) await forget(owner, shelf);
      throw error;
    }
  }

  async function keep(owner: string, shelf: Shelf, key: string, stands: Standing): Promise<void> {
    const { [key]: replaced } = shelf.posts;
    const { message, chat, form, digest } = stands;
    shelf.posts[key] = { message, chat, form, digest };
    delete shelf.sending;
    await writeShelf(store, owner, shelf);
    if (replaced?.chat === chat) await remove(replaced);
  }

  async function forget(owner: string, shelf: Shelf): Promise<void> {
    if (!shelf.sending) return;
    delete shelf.sending;
    await writeShelf(store, owner, shelf);
  }

  /** What cannot be deleted any more, after 48 hours, at least loses its buttons. */
  async function remove({ chat, message }: Standing): Promise<void> {
    await api
      .deleteMessage(chat, message)
      .catch(() => api.editMessageReplyMarkup(chat, message))
      .catch((error) => failed('a message that was replaced', error));
  }
}

/** Google may keep figures waiting, and somebody waits for the question. */
async function inTime(draw: Post['picture']): Promise<Uint8Array | undefined> {
  if (!draw) return undefined;
  const limit = timeLimit(PICTURE_MS);
  const late = new Promise<never>((_, reject) => {
    limit.addEventListener('abort', () => reject(new Error('It took too long.')), { once: true });
  });
  return Promise.race([draw(), late]);
}

function fitted<V extends Post['view']>(view: V, form: Form): V {
  return { ...view, html: fitHtml(view.html, form === 'photo' ? LONGEST.caption : LONGEST.text) };
}
