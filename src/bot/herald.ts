import type { Store } from '../rollout/ports.ts';
import type { Rollout } from '../rollout/state.ts';
import type { Outbox, Place, Post } from './outbox.ts';

/** What Sluice says about itself: in every chat with a release under way, or else in the team's. */
export interface Herald {
  /** Shows these posts under a name of letters, digits and dashes. The same name again changes what stands there. */
  say(name: string, posts: readonly Post[]): void;
  /** As {@link Herald.say}, for the last time under this name; resolves when the chat says so, or cannot be told now. */
  conclude(name: string, posts: readonly Post[]): Promise<void>;
  /** Nothing will ever be said under this name again, so nobody need know which messages these were. */
  forget(name: string): Promise<void>;
}

export function createHerald(
  outbox: Outbox,
  store: Pick<Store, 'removeDocument'>,
  live: () => readonly Rollout[],
  team: () => number | undefined,
): Herald {
  /** Where a name was said: what ends is told where it began. */
  const said = new Map<string, readonly Place[]>();

  function placesOf(name: string): readonly Place[] {
    const known = said.get(name);
    if (known) return known;
    const chat = team();
    const busy = live().map((rollout) => rollout.chat);
    const places = busy.length > 0 || chat === undefined ? busy : [{ id: chat }];
    return [...new Map(places.map((place) => [ownerOf(name, place), place])).values()];
  }

  function say(name: string, posts: readonly Post[]): void {
    const places = placesOf(name);
    said.set(name, places);
    for (const place of places) outbox.show(ownerOf(name, place), place, () => posts);
  }

  return {
    say,
    async conclude(name, posts) {
      say(name, posts);
      for (const place of placesOf(name)) outbox.finish(ownerOf(name, place));
      await outbox.idle();
    },
    async forget(name) {
      for (const place of placesOf(name)) await store.removeDocument(`messages/${ownerOf(name, place)}`);
      said.delete(name);
    },
  };
}

function ownerOf(name: string, { id, topic }: Place): string {
  return topic === undefined ? `${name}${id}` : `${name}${id}-${topic}`;
}
