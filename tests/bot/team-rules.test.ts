import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rolesOf, TEAM_ROLES, type TeamRole } from '../../src/bot/team/history.ts';
import { openTeam, type Team } from '../../src/bot/team/team.ts';
import { systemClock } from '../../src/plan/clock.ts';
import type { Store } from '../../src/rollout/ports.ts';

const GROUP = -1001;

/** Documents alone, as JSON, and with a disk that may be full. */
function documents() {
  const kept = new Map<string, string>();
  const disk = { full: false };
  const store = {
    async readDocument<T>(name: string): Promise<T | undefined> {
      const text = kept.get(name);
      return text === undefined ? undefined : (JSON.parse(text) as T);
    },
    async writeDocument(name: string, value: unknown): Promise<void> {
      if (disk.full) throw new Error('ENOSPC');
      kept.set(name, JSON.stringify(value));
    },
  };
  return { disk, store: store as Store };
}

const open = (store: Store, changed = () => {}): Promise<Team> =>
  openTeam({
    store,
    planned: [],
    chat: undefined,
    follow: (chat) => chat,
    clock: systemClock,
    peoplesClock: systemClock,
    changed,
  });

const person = (id: number) => ({ id, name: `P${id}` });
const picture = (team: Team) => team.members().map((member) => [member.id, ...rolesOf(member)]);

const attempts = fc.array(
  fc.record({
    by: fc.integer({ min: 1, max: 4 }),
    to: fc.integer({ min: 1, max: 4 }),
    roles: fc.subarray<TeamRole>([...TEAM_ROLES]),
    full: fc.boolean(),
    restart: fc.boolean(),
  }),
  { maxLength: 30 },
);

test('whatever people try, there is an admin, only admins change the team, and the disk knows it all', async () => {
  await fc.assert(
    fc.asyncProperty(attempts, async (tries) => {
      const { store, disk } = documents();
      let team = await open(store);
      await team.book?.claim(team.book.claimCode ?? '', GROUP, { by: person(1), update: 0 });
      for (const [i, { by, to, roles, full, restart }] of tries.entries()) {
        const before = picture(team);
        const was = team.members().find(({ id }) => id === by)?.admin === true;
        disk.full = full;
        const said = await team.book
          ?.assign(person(to), roles, { by: person(by), update: i + 1 })
          .catch(() => ({ refused: true }));
        disk.full = false;
        if (!was || said?.refused) expect(picture(team)).toEqual(before);
        else expect(rolesOf(team.members().find(({ id }) => id === to)).toSorted()).toEqual(roles.toSorted());
        expect(team.members().some((member) => member.admin)).toBe(true);
        const there = picture(team);
        if (restart) team = await open(store);
        expect(picture(team)).toEqual(there);
        expect(team.chat()).toBe(GROUP);
      }
    }),
    { numRuns: 200 },
  );
});

test('a claim that could not be written was none, and the code is still good', async () => {
  const { store, disk } = documents();
  let changes = 0;
  const team = await open(store, () => {
    changes++;
  });
  const sent = { by: person(1), update: 1 };
  disk.full = true;
  await expect(team.book?.claim(team.book.claimCode ?? '', GROUP, sent)).rejects.toThrow('ENOSPC');
  expect(team.chat()).toBeUndefined();
  expect(team.members()).toEqual([]);
  disk.full = false;
  expect(await team.book?.claim(team.book.claimCode ?? '', GROUP, sent)).toMatchObject({ refused: false });
  expect(team.chat()).toBe(GROUP);
  expect(changes).toBe(1);
});
