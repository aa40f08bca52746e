import type { Api } from 'grammy';
import type { Store } from '../rollout/ports.ts';
import type { View } from './buttons.ts';
import { createDelivery } from './delivery.ts';
import { createPins } from './pins.ts';
import { isRefusal, isShutOut, waitOf } from './refusals.ts';
import { digestOf, readShelf, type Shelf, type Standing, writeShelf } from './shelf.ts';

/** Edits of one message are this far apart by themselves, in real milliseconds: groups allow about 20 a minute. */
const PACE_MS = 3_000;
/** What Telegram cannot take now is tried again after this long. */
const RETRY_MS = 5_000;
/** Where the bot may not write, it looks this often whether it may again; being let in is told by an update, too. */
const SHUT_OUT_MS = 60_000;
/** Where a message is found gone, the owner's others are looked after, but no more often than this. */
const SEARCH_MS = 60_000;

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
  /** Belongs at the top of the chat while this is true; absent: it is left where it is. */
  readonly pinned?: boolean;
  /** Least real milliseconds between two edits, where it is not loud; absent: {@link PACE_MS}. */
  readonly pace?: number;
}

export interface Place {
  readonly id: number;
  readonly topic?: number;
}

export interface Outbox {
  /**
   * Makes the chat show these posts. Only the latest call for an owner counts; what is the same as before costs nothing.
   */
  show(owner: string, place: Place, posts: () => readonly Post[]): void;
  /** Sends a post of the owner's once more, at the end of the chat, and takes the message of before away. */
  again(owner: string, key: string): void;
  /** What was shown last for this owner is the last word: it is forgotten once the chat says so. */
  finish(owner: string): void;
  /** The bot may write in a chat again, or it has moved: what stands is said there now. */
  resume(): void;
  /** Resolves when everything asked for so far was sent, or could not be. */
  idle(): Promise<void>;
  /** What is under way is carried to its end; what waits is left to the next process. */
  stop(): Promise<void>;
}

interface Owner {
  readonly name: string;
  place: Place;
  posts: () => readonly Post[];
  work: Promise<void> | undefined;
  dirty: boolean;
  shelf: Shelf | undefined;
  editedAt: Map<string, number>;
  /** When its messages were last looked after, in real milliseconds. */
  searchedAt: number;
  /** Keys of what is to be sent once more. */
  again: Set<string>;
  finished: boolean;
  /** The bot may not write where its posts belong. */
  shutOut: boolean;
  timer: NodeJS.Timeout | undefined;
}

/**
 * The one place that sends and edits what the bot shows by itself. Message ids are kept in the store, by owner, and so is
 * the intent of each send before it: whatever moment the process dies or the answer is lost, a post stands once.
 * @param follow the number under which a chat is found today; messages of the one before are void.
 */
export function createOutbox(
  api: Api,
  store: Store,
  failed: (what: string, error: unknown) => void,
  follow: (chat: number) => number = (chat) => chat,
): Outbox {
  const owners = new Map<string, Owner>();
  const stopping = new AbortController();
  const shelves = () => [...owners.values()].flatMap(({ shelf }) => (shelf ? [shelf] : []));
  const delivery = createDelivery(api, store, shelves, stopping.signal, failed);
  const pins = createPins(api, stopping.signal, failed);

  return {
    show(name, place, posts) {
      const owner = owners.get(name);
      if (owner) Object.assign(owner, { place, posts });
      else owners.set(name, newOwner(name, place, posts));
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
    resume() {
      for (const name of owners.keys()) wake(name);
    },
    async idle() {
      await Promise.all([...owners.values()].map((owner) => owner.work));
    },
    async stop() {
      stopping.abort(new Error('The outbox is stopping.'));
      for (const owner of owners.values()) clearTimeout(owner.timer);
      await this.idle();
    },
  };

  function wake(name: string): void {
    const owner = owners.get(name);
    if (!owner || stopping.signal.aborted) return;
    owner.dirty = true;
    owner.work ??= workOff(owner).finally(() => {
      owner.work = undefined;
    });
  }

  function wakeLater(owner: Owner, ms: number): void {
    clearTimeout(owner.timer);
    owner.timer = setTimeout(() => {
      owner.timer = undefined;
      wake(owner.name);
    }, ms).unref();
  }

  async function workOff(owner: Owner): Promise<void> {
    while (owner.dirty && !stopping.signal.aborted) {
      owner.dirty = false;
      try {
        owner.shelf ??= await readShelf(store, owner.name);
        await delivery.settle(owner.name, owner.shelf);
        const { shelf } = owner;
        const posts = owner.posts();
        for (const post of inOrder(posts, owner, shelf)) await put(owner, shelf, post, posts);
        for (const post of posts) await pin(owner, shelf, post);
        owner.shutOut = false;
      } catch (error) {
        if (!stopping.signal.aborted) comeBack(owner, error);
      }
    }
    if (owner.finished && owner.timer === undefined) owners.delete(owner.name);
  }

  function comeBack(owner: Owner, error: unknown): void {
    const known = owner.shutOut;
    owner.shutOut = isShutOut(error);
    if (!(known && owner.shutOut)) failed(`the messages of ${owner.name}`, error);
    const wait = waitOf(error);
    wakeLater(owner, owner.shutOut ? SHUT_OUT_MS : wait === undefined ? RETRY_MS : wait * 1000);
  }

  async function put(owner: Owner, shelf: Shelf, post: Post, all: readonly Post[]): Promise<void> {
    const place = { ...owner.place, id: follow(owner.place.id) };
    const known = shelf.posts[post.key];
    const sent = known?.chat === place.id ? known : undefined;
    const again = owner.again.has(post.key);
    if (!again && (sent?.digest === digestOf(post.view) || (!sent && !post.fresh))) return;
    if (sent && !again && mustWait(owner, post)) return;
    try {
      if (sent && !again) await edit(owner, shelf, place, sent, post, all);
      else await delivery.send(owner.name, shelf, place, post);
      // A wish that came while it was on its way is still to be met.
      if (again) owner.again.delete(post.key);
    } catch (error) {
      // The same words will meet the same refusal again, and must not keep the other posts back.
      if (!isRefusal(error) || isShutOut(error)) throw error;
      failed(`the message ${post.key} of ${owner.name}`, error);
    }
  }

  /** A topic goes with all of its messages, a question among them that nobody could answer any more. */
  async function edit(
    owner: Owner,
    shelf: Shelf,
    place: Place,
    sent: Standing,
    post: Post,
    all: readonly Post[],
  ): Promise<void> {
    const searches = Date.now() - owner.searchedAt > SEARCH_MS;
    const others = searches ? all.filter(({ fresh }) => fresh).map(({ key }) => key) : [];
    const sentAnew = await delivery.edit(owner.name, shelf, place, sent, post, others);
    if (!sentAnew || !searches) return;
    owner.searchedAt = Date.now();
    owner.dirty = true;
  }

  async function pin({ name }: Owner, shelf: Shelf, { key, pinned }: Post): Promise<void> {
    const sent = shelf.posts[key];
    if (!sent || pinned === undefined || pinned === (sent.pinned ?? false)) return;
    if (!(await pins.set(sent, pinned))) return;
    shelf.posts[key] = { ...sent, pinned };
    await writeShelf(store, name, shelf);
  }

  function mustWait(owner: Owner, { key, loud, pace }: Post): boolean {
    const wait = (owner.editedAt.get(key) ?? 0) + (pace ?? PACE_MS) - Date.now();
    if (wait > 0 && !loud) {
      wakeLater(owner, wait);
      return true;
    }
    owner.editedAt.set(key, Date.now());
    return false;
  }
}

function newOwner(name: string, place: Place, posts: Owner['posts']): Owner {
  return {
    name,
    place,
    posts,
    work: undefined,
    dirty: false,
    shelf: undefined,
    editedAt: new Map(),
    searchedAt: Number.NEGATIVE_INFINITY,
    again: new Set(),
    finished: false,
    shutOut: false,
    timer: undefined,
  };
}

/** Quiet edits come last: a question must not wait while a card is held up by a flood limit. */
function inOrder(posts: readonly Post[], owner: Owner, shelf: Shelf): readonly Post[] {
  const isQuietEdit = ({ key, loud }: Post) => !loud && key in shelf.posts && !owner.again.has(key);
  return [...posts.filter((post) => !isQuietEdit(post)), ...posts.filter(isQuietEdit)];
}
