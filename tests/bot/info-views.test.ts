import { beforeEach, expect, test } from 'vitest';
import { backupsCommand } from '../../src/bot/info/backups.ts';
import { freezeCommand, unfreezeCommand } from '../../src/bot/info/freeze.ts';
import { historyCommand } from '../../src/bot/info/history.ts';
import { lockCommand, unlockCommand } from '../../src/bot/info/lock.ts';
import { planCommand } from '../../src/bot/info/plan.ts';
import { type ServiceTraffic, trafficCommand, versionsCommand } from '../../src/bot/info/traffic.ts';
import type { TeamMember } from '../../src/bot/team/history.ts';
import { builtInPlan } from '../../src/plan/load.ts';
import type { Plan } from '../../src/plan/schema.ts';
import { type Guard, openGuard } from '../../src/rollout/guard.ts';
import type { Past } from '../../src/rollout/past.ts';
import type { Rollout } from '../../src/rollout/state.ts';
import { DRAFT, World } from '../rollout/world.ts';
import { pastFor } from '../store/past.ts';

/** A Monday. */
const NOW = Date.UTC(2026, 10, 23, 12);
const ADA = { id: 1, name: 'Ada', roles: ['operator'] } as const;
const BEN = { id: 2, name: 'Ben', roles: ['approver'] } as const;
const CLEO = { id: 3, name: 'Cleo', roles: [] } as const;
const DORA = { id: 4, name: 'Dora', roles: ['admin'] } as const;

const SERVICES: ServiceTraffic[] = [
  {
    service: 'default',
    split: { shardBy: 'RANDOM', shares: { v1: 900, v2: 100 } },
    versions: [
      {
        id: 'v2',
        createTime: NOW - 3_600_000,
        servingStatus: 'SERVING',
        runtime: 'nodejs20',
        scaling: 'automatic',
        env: 'standard',
        diskUsage: 4_210_000,
      },
      {
        id: 'v1',
        createTime: 0,
        servingStatus: 'SERVING',
        runtime: 'nodejs18',
        scaling: 'manual',
        env: 'standard',
        diskUsage: 0,
        instances: 2,
      },
      {
        id: 'v0',
        createTime: 0,
        servingStatus: 'STOPPED',
        runtime: 'nodejs18',
        scaling: 'basic',
        env: 'standard',
        diskUsage: 0,
      },
    ],
  },
  { service: 'worker', split: undefined, versions: [] },
];

const clock = { now: () => NOW, sleep: () => Promise.reject(new Error('Nobody sleeps here.')) };
const documents = new Map<string, unknown>();
const store = {
  readDocument: async <T>(name: string) => documents.get(name) as T | undefined,
  writeDocument: async (name: string, value: unknown) => void documents.set(name, value),
};
let guard: Guard;
let live: readonly ServiceTraffic[] | Error;
let rollouts: Rollout[];

const ports = () => ({
  guard,
  clock,
  zone: 'UTC',
  plan: { services: {} },
  rollouts: () => rollouts,
  async readTraffic() {
    if (live instanceof Error) throw live;
    return live;
  },
});

beforeEach(async () => {
  documents.clear();
  guard = await openGuard(store, [], clock);
  live = SERVICES;
  rollouts = [];
});

/** As a reader sees it. */
const plain = (text: string) =>
  text
    .replace(/<[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');

function underWay(): Rollout {
  const world = new World({ ...DRAFT, id: 'live1' });
  return {
    ...world.rollout,
    startedAt: NOW - 600_000,
    live: { shardBy: 'RANDOM', shares: { v1: 900, v2: 100 } },
  };
}

test('/freeze says what is kept back, by whom, and how it ends', async () => {
  rollouts = [underWay()];
  const { view, refused } = await freezeCommand('until 18:00 The market is <open>', ADA, ports());
  expect(refused).toBeUndefined();
  expect(plain(view.html)).toBe(`❄️ Releases are frozen until 23 Nov 2026, 18:00 UTC (in 6 hours).
Ada: The market is <open>.
Of every service: no release begins, and no more traffic goes to one under way. Rollbacks work as ever.
Under way: v2 to default; the traffic stays v1 90 %, v2 10 % meanwhile.
It ends by itself; an approver or admin ends it before: /unfreeze REASON.`);
  expect(guard.bar('default', NOW)).toMatchObject({
    why: 'The market is <open>',
    by: { id: 1, name: 'Ada' },
  });
});

test('/freeze without an end says so', async () => {
  const { view } = await freezeCommand('An audit', BEN, ports());
  expect(plain(view.html)).toMatch(/^❄️ Releases are frozen until somebody ends it\.\nBen: An audit\.\n/);
  expect(plain(view.html)).toMatch(/\nAn approver or admin ends it: \/unfreeze REASON\.$/);
});

test('who may: freeze and lock are for operators and approvers, their ends for approvers and admins', async () => {
  for (const sender of [CLEO, DORA]) {
    expect(await freezeCommand('x', sender, ports())).toMatchObject({ refused: true });
    expect(await lockCommand('default x', sender, ports())).toMatchObject({ refused: true });
  }
  for (const sender of [CLEO, ADA]) {
    const refused = await unfreezeCommand('x', sender, ports());
    expect(refused.refused).toBe(true);
    expect(refused.view.html).toBe(
      `This takes the role approver or admin; you have ${sender.roles[0] ?? 'none'}. Nothing was changed.`,
    );
    expect(await unlockCommand('default x', sender, ports())).toMatchObject({ refused: true });
  }
  expect(guard.history()).toEqual([]);
  for (const sender of [BEN, DORA]) {
    await guard.freeze({ why: 'w' }, ADA);
    expect((await unfreezeCommand('Over', sender, ports())).view.html).toBe('Ada’s freeze (w) is ended.');
    await guard.lock('default', { why: 'w' }, ADA);
    expect((await unlockCommand('default Over', sender, ports())).refused).toBeUndefined();
    expect(guard.bar('default', NOW)).toBeUndefined();
  }
});

test('/unfreeze takes a reason, and says when there is nothing to end', async () => {
  expect(plain((await unfreezeCommand(' ', BEN, ports())).view.html)).toBe(
    'Add why, for the record: /unfreeze REASON.',
  );
  expect((await unfreezeCommand('Over', BEN, ports())).view.html).toBe('Nothing is frozen now.');
});

test('/lock says what is kept back, by whom, and how it ends', async () => {
  rollouts = [underWay()];
  const { view } = await lockCommand('worker Data is being moved', ADA, ports());
  expect(plain(view.html)).toBe(`🔒 worker is locked.
Ada: Data is being moved.
No release of worker begins, and no more traffic goes to one under way. Rollbacks work as ever.
It stays until an approver or admin ends it: /unlock worker REASON.`);
  expect(guard.bar('worker', NOW)).toMatchObject({ kind: 'lock', why: 'Data is being moved' });
  const again = await lockCommand('worker And an audit.', ADA, ports());
  expect(plain(again.view.html)).toMatch(/locked before; all reasons: Data is being moved; And an audit\.\n/);
});

test('/lock holds at once; on a service that the project has not it is taken away again', async () => {
  const locked = await lockCommand('defualt Moving', ADA, ports());
  expect(guard.bar('defualt', NOW)).toMatchObject({ kind: 'lock' });
  expect((await locked.afterwards?.())?.html).toBe(
    "The project has no service 'defualt', so there is nothing to lock. Did you mean default? There are default and worker. The lock is taken away again.",
  );
  expect(guard.bar('defualt', NOW)).toBeUndefined();
  const right = await lockCommand('default Moving', ADA, ports());
  expect(await right.afterwards?.()).toBeUndefined();
  expect(guard.bar('default', NOW)).toMatchObject({ kind: 'lock' });
  live = new Error('App Engine did not answer.');
  const blind = await lockCommand('other Moving', ADA, ports());
  expect((await blind.afterwards?.())?.html).toBe(
    "The lock holds. Whether the project has a service 'other' could not be looked up: App Engine did not answer.",
  );
  expect(guard.bar('other', NOW)).toMatchObject({ kind: 'lock' });
});

test('/lock of a service that is known is not looked up; one that the plan does not name is not locked', async () => {
  rollouts = [underWay()];
  expect((await lockCommand('default Moving', ADA, ports())).afterwards).toBeUndefined();
  const service = { source: '.', smoke: [], verify: [] };
  const planned = { ...ports(), plan: { services: { worker: service } } };
  expect((await lockCommand('worker Moving', ADA, planned)).afterwards).toBeUndefined();
  expect((await lockCommand('other Moving', ADA, planned)).view.html).toBe(
    "The plan has no service 'other', so there is nothing to lock. There is only worker.",
  );
  expect(guard.bar('other', NOW)).toBeUndefined();
});

test('a freeze until a time of day says it on the plan’s clocks too', async () => {
  const { view } = await freezeCommand('until 18:00 x', ADA, { ...ports(), zone: 'America/New_York' });
  expect(view.html).toMatch(
    /until 23 Nov 2026, 23:00 UTC \(in 11 hours\)\. That is 18:00 in America\/New_York\.\n/,
  );
});

test('/history locks tells who froze, locked and lifted what, when and why', async () => {
  const asked = async () =>
    plain((await historyCommand('locks', { ...ports(), store: { history: async () => [] } })).html);
  expect(await asked()).toBe('Nothing was frozen or locked so far.');
  await guard.freeze({ why: 'An audit', until: NOW + 3_600_000 }, ADA);
  await guard.unfreeze('Over', BEN);
  await guard.reject('default', { version: 'v2', why: 'Errors', at: NOW, rollout: 'abc' });
  await guard.lock('default', { why: 'v2 was rolled back: Errors', rollout: 'abc' });
  await guard.unlock('default', 'Understood <all>', BEN);
  expect(await asked()).toBe(`Freezes and locks, the newest first
23 Nov 2026, 12:00 UTC: 🔓 Ben unlocked default: Understood <all>.
23 Nov 2026, 12:00 UTC: 🔒 The rollback locked default: v2 was rolled back: Errors.
23 Nov 2026, 12:00 UTC: ↩️ default v2 was rolled back: Errors.
23 Nov 2026, 12:00 UTC: ☀️ Ben ended the freeze: Over.
23 Nov 2026, 12:00 UTC: ❄️ Ada froze releases until 23 Nov 2026, 13:00 UTC: An audit.`);
});

test('/unlock tells what it ended, and what still holds', async () => {
  await guard.lock('default', { why: 'v2 was rolled back: errors', rollout: 'abc' });
  await guard.freeze({ why: 'An audit' }, ADA);
  const { view } = await unlockCommand('default Understood', BEN, ports());
  expect(plain(view.html)).toBe(
    `🔓 default is unlocked. It was locked since 2026-11-23 12:00 UTC: v2 was rolled back: errors.
❄️ Releases are frozen by Ada until somebody ends it: An audit. An approver or admin ends it: /unfreeze REASON.`,
  );
  expect((await unlockCommand('default Again', BEN, ports())).view.html).toMatch(
    /^🔓 default is not locked\./,
  );
});

test('/traffic tells splits, what is under way and what is kept back', async () => {
  rollouts = [underWay()];
  await guard.lock('worker', { why: 'Moving' }, BEN);
  expect(plain((await trafficCommand('', ports())).html)).toBe(`default: v1 90 %, v2 10 %
  under way: v2, started by Ada
worker: no traffic
  🔒 worker is locked by Ben since 23 Nov 2026, 12:00 UTC: Moving. An approver or admin ends it: /unlock worker REASON.`);
  expect(plain((await trafficCommand('worker', ports())).html)).not.toMatch(/default/);
  expect((await trafficCommand('wroker', ports())).html).toMatch(
    /no service 'wroker'\. Did you mean worker\?/,
  );
  live = new Error('The account lacks appengine.services.list.');
  expect((await trafficCommand('', ports())).html).toBe(
    'The live traffic cannot be read: The account lacks appengine.services.list.',
  );
  live = [];
  expect((await trafficCommand('', ports())).html).toBe('The project has no service so far.');
});

test('/versions tells what App Engine keeps', async () => {
  expect(plain((await versionsCommand('default', ports())).html)).toBe(`default: 3 versions, newest first
🔹 v2 10 % · nodejs20 · serving · made 23 Nov 2026, 11:00 UTC, 60 minutes ago · 4.2 MB
🔹 v1 90 % · nodejs18 · serving · manual scaling, 2 instances · made 1 Jan 1970, 00:00 UTC, 20,780 days ago
▫️ v0 · nodejs18 · stopped · basic scaling · made 1 Jan 1970, 00:00 UTC, 20,780 days ago`);
});

test('210 versions fit into one message, with a word on the rest', async () => {
  const versions = Array.from({ length: 210 }, (_, i) => ({
    id: `v20261123t120000-${i}`,
    createTime: NOW,
    servingStatus: 'SERVING',
    runtime: 'nodejs20',
    env: 'standard',
    diskUsage: 0,
  }));
  live = [{ service: 'default', split: undefined, versions }, ...SERVICES.slice(1)];
  const all = plain((await versionsCommand('', ports())).html);
  expect(all).toMatch(/… and 202 older ones: \/versions default\nworker: 0 versions/);
  const one = plain((await versionsCommand('default', ports())).html);
  expect(one.length).toBeLessThanOrEqual(4096);
  expect(one).toMatch(/… and \d+ lines more, too many for a message\.$/);
});

test('/history lists what is open and what is closed, each once, page by page', async () => {
  const closed: Past[] = Array.from({ length: 14 }, (_, i) =>
    pastFor(`c${i}`, { startedAt: NOW - i - 10, endedAt: NOW - i - 9 }),
  );
  const [first, second] = closed;
  if (!first || !second) throw new Error('There are fourteen.');
  closed[0] = { ...first, outcome: 'rolled-back', why: 'Errors <500>' };
  closed[1] = { ...second, outcome: 'cancelled' };
  const history = async (limit: number, before?: string) => {
    const from = before === undefined ? 0 : closed.findIndex(({ id }) => id === before) + 1;
    return closed.slice(from, from + limit);
  };
  // Done and not yet closed; and one that is being closed at this moment.
  const done: Rollout = {
    ...underWay(),
    id: 'done1',
    stage: { at: 'done' },
    startedAt: NOW - 900_000,
    endedAt: NOW,
  };
  const closing: Rollout = { ...done, id: 'c0', startedAt: NOW - 950_000 };
  rollouts = [closing, done, underWay()];
  const asked = async (text: string) =>
    plain((await historyCommand(text, { ...ports(), store: { history } })).html);

  const page = await asked('');
  expect(page.split('\n').slice(0, 5)).toEqual([
    'Rollouts, the newest first',
    '▶️ default v2 goes on at 10 %, begun 10 minutes ago by Ada · live1',
    '🏁 default v2 done 23 Nov 2026, 12:00 UTC, started by Ada · done1',
    '🏁 default v2 done 23 Nov 2026, 12:00 UTC, started by Ada · c0',
    '✖️ default v-c1 cancelled 23 Nov 2026, 11:59 UTC, started by Ada · c1',
  ]);
  expect(page).toMatch(/\nOlder ones: \/history c7\nAll of one: \/report ID\. /);
  expect(await asked('c7')).toMatch(/^Rollouts.*\n.* c8\n.* c9\n.* c10\n.* c11\n.* c12\n.* c13\nAll of one/);
  expect(await asked('live1')).toMatch(/^Rollouts.*\n.* done1\n.* c0\n/);
  rollouts = [];
  expect(await asked('')).toMatch(/↩️ default v-c0 rolled back .*: Errors <500> · c0/);
  expect(await asked('c13')).toBe('There is none before that one.');
  expect(await asked('../x')).toMatch(/comes the id of a rollout, the word locks, or nothing; not '\.\.\/x'/);
  closed.length = 0;
  expect(await asked('')).toBe('No rollout so far. /deploy begins one.');
});

const BACKUP = {
  takenAt: NOW,
  project: 'demo',
  service: 'default',
  split: { shardBy: 'RANDOM', shares: { v1: 1000 } },
  versions: [{ id: 'v1', runtime: 'nodejs18' }],
  running: [
    {
      version: 'v1',
      servingStatus: 'SERVING',
      scaling: 'manual',
      env: 'standard',
      diskUsage: 0,
      instances: 3,
    },
  ],
  dispatchRules: [{}, {}],
  cron: { kind: 'read', jobs: [{}] },
  files: [{ role: 'app', path: 'app.yaml', text: 'a\nb\n' }],
  clone: 'v1-backup',
};

test('/backups lists the newest and shows one', async () => {
  documents.set('backups/abc', BACKUP);
  documents.set('backups/bad', { takenAt: 'yesterday' });
  const backups = [
    pastFor('abc', { backup: 'backups/abc' }),
    pastFor('bad', { backup: 'backups/bad' }),
    pastFor('gone', { backup: 'backups/gone' }),
  ];
  const asked = async (text: string) =>
    plain(
      (
        await backupsCommand(text, {
          rollouts: () => rollouts,
          store: { ...store, listBackups: async () => backups },
        })
      ).html,
    );
  expect(await asked('')).toBe(`Backups, the newest first
💾 default before v-abc · abc
  23 Nov 2026, 12:00 UTC: v1 100 %
💾 default before v-bad · bad
  backups/bad.json cannot be read: Invalid type: Expected number but received "yesterday".
💾 default before v-gone · gone
  backups/gone.json is gone.
What is in one: /backups ID`);
  expect(await asked('abc')).toBe(`💾 default, 23 Nov 2026, 12:00 UTC · abc
Traffic: v1 100 %
▫️ v1 serving, manual scaling, 3 instances
Routing: 2 rules
Cron jobs: 1
Files: app.yaml (2 lines)
Copy of the old version: v1-backup
To bring it back: /backups restore abc, which shows first what would change.`);
  expect(await asked('nope')).toBe('There is no backup of a rollout nope. /backups lists them.');
  expect(await asked('restore')).toBe('There is no backup of a rollout restore. /backups lists them.');
  expect(await asked('../team')).toMatch(/'\.\.\/team' is not the id of a rollout/);
  backups.length = 0;
  expect(await asked('')).toMatch(/^No backup so far/);
});

const team = (members: readonly TeamMember[]) => ({ members: () => members });

function planPorts(change: Partial<Plan> = {}) {
  const plan: Plan = { ...builtInPlan(), ...change };
  const members = [
    { id: 1, name: 'Ada', roles: ['operator'] },
    { id: 2, name: 'Ben', roles: ['approver'], admin: true },
  ] satisfies TeamMember[];
  return { ...ports(), plan, team: team(members) };
}

test('/plan tells the built-in plan step by step, from the live split on', async () => {
  const shown = plain((await planCommand('default', planPorts())).html);
  expect(shown.length).toBeLessThanOrEqual(4096);
  for (const words of [
    /^How a release of default goes\nNow: v1 90 %, v2 10 %\n/,
    /1\. Checklist: 19 items, all required\n▫️ System Optimization 4, Testing 5, Code Quality 5, Documentation 5/,
    /2\. Validation: permissions, region, service, versions, bucket, files and git\n/,
    /4\. Deploy \. as v\{date\}t\{time\}, without traffic/,
    /5\. Verification .*\n▫️ \/ answers 200 within 10 seconds\n/,
    /6\. Traffic, by requests\n▫️ v1 81 %, NEW 10 %, v2 9 %; judged for 30 minutes\n▫️ NEW 50 %, v1 45 %, v2 5 %; judged for 30 minutes\n▫️ NEW 100 %; not judged\n/,
    /each step takes a yes of 1 approver other than the starter; a question stays open 2 hours, Hold puts it off 15 minutes/,
    /8\. Monitoring plan, daily and rarer at 09:00 UTC\n▫️ Hourly: every hour for 24 hours: 4 checks and 3 tasks for people\n/,
    /▫️ Quarterly: every quarter until a newer release: /,
    /9\. Success criteria, after 7 days\n▫️ System generates appropriate number of trade signals \(3-7 per day\) asked of people\n/,
    /No critical errors in system logs measured\n/,
    /10\. Contingency plan, if they are not met\n▫️ Analyze root causes of issues: within 2 days\n/,
    /within 7 days, with a button\n.*within 14 days, as a calendar file\n/,
    /Rollback, from the backup on, .* the traffic is v1 90 %, v2 10 % again/,
    /Team: starting Ada; approving Ben; admin Ben$/,
  ]) {
    expect(shown).toMatch(words);
  }
});

test('/plan tells what a team has changed, freezes and bars among it', async () => {
  await guard.freeze({ why: 'An audit' }, BEN);
  const service = { source: 'apps/web', smoke: [], verify: [], cron: 'jobs.yaml' };
  const shown = plain(
    (
      await planCommand(
        '',
        planPorts({
          services: { worker: service },
          checklist: [],
          freeze: [
            {
              kind: 'weekly',
              why: 'The market is open',
              days: ['mon', 'fri'],
              from: '09:30',
              to: '16:00',
              zone: 'America/New_York',
            },
            { kind: 'dates', why: 'Holidays', from: '2026-12-24T18:00', to: '2027-01-02', zone: 'UTC' },
          ],
          validation: {
            checks: ['git'],
            commands: [{ name: 'lint', run: 'npm run lint <all>', shell: true, within: 60_000 }],
          },
        }),
      )
    ).html,
  );
  expect(shown).toMatch(
    /^How a release of worker goes\nNow: no traffic\n❄️ Releases are frozen by Ben until somebody ends it: An audit\./,
  );
  expect(shown).toMatch(
    /1\. Checklist: none\n2\. Validation: git\n▫️ lint: npm run lint <all>, up to 60 seconds\n/,
  );
  expect(shown).toMatch(/4\. Deploy apps\/web as .*\n▫️ cron jobs from jobs\.yaml: /);
  expect(shown).toMatch(
    /Nothing is let out\n▫️ Mon and Fri 09:30 to 16:00 America\/New_York: The market is open\n▫️ 2026-12-24 18:00 to 2027-01-02 UTC: Holidays\n/,
  );
});

test('/plan of a service that is being released to tells so, and begins where that release began', async () => {
  rollouts = [{ ...underWay(), base: { shardBy: 'UNSPECIFIED', shares: { v1: 1000 } } }];
  const shown = plain((await planCommand('default', planPorts())).html);
  expect(shown).toMatch(/\nNow: v1 90 %, v2 10 %\nUnder way: v2, started by Ada\. \/status\n/);
  expect(shown).toMatch(/▫️ v1 90 %, NEW 10 %; judged/);
});

test('/plan asks for the service where there are several, and works while App Engine does not answer', async () => {
  expect((await planCommand('', planPorts())).html).toBe(
    'Which service? Add its name, such as /plan default. There are default and worker. ',
  );
  expect((await planCommand('wroker', planPorts())).html).toMatch(
    /No service 'wroker' .* Did you mean worker\?/,
  );
  live = new Error('App Engine did not answer');
  const shown = plain((await planCommand('default', planPorts())).html);
  expect(shown).toMatch(/\nNow: The live traffic cannot be read: App Engine did not answer\.\n/);
  expect(shown).toMatch(/▫️ NEW 10 %; judged for 30 minutes/);
});

test('a plan that is long is cut, with a word on where all of it is', async () => {
  const criteria = Array.from({ length: 60 }, (_, i) => ({ text: `${i} ${'long '.repeat(30)}`, checks: [] }));
  const shown = plain((await planCommand('default', planPorts({ success: { after: 1, criteria } }))).html);
  expect(shown.length).toBeLessThanOrEqual(4096);
  expect(shown).toMatch(/… and \d+ lines more: sluice plan show has all\.$/);
});
