import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { builtInPlan } from '../../src/plan/load.ts';
import type { Plan } from '../../src/plan/schema.ts';
import type { FaultRule } from '../../src/sandbox/faults.ts';
import { ADA, assembleTeam, type Team } from '../story/team.ts';

/** A rule for the local App Engine, in short. @param at method and path, such as "PATCH /services/default" */
export function rule(
  at: string,
  fault: FaultRule['fault'],
  more: Omit<Partial<FaultRule>, 'fault'> = {},
): FaultRule {
  const [method = '', path = ''] = at.split(' ');
  return { ...more, match: { method, path, ...more.match }, fault };
}

/** Where a release can be hurt, as {@link rule} takes it. */
export const AT = {
  permissions: 'POST :testIamPermissions$',
  application: 'GET ^/v1/apps/demo$',
  version: (id: string) => `GET /versions/${id}\\b`,
  backup: 'GET /versions/v1\\?view=FULL',
  upload: 'POST ^/upload/',
  create: 'POST /versions$',
  poll: 'GET /operations/',
  logs: 'POST /entries:list$',
  split: 'PATCH /services/default\\?',
  readSplit: 'GET /services/default(\\?|$)',
  figures: 'GET /timeSeries\\?',
} as const;

/** Lets faults loose. @returns what takes them away again */
export function unleash(team: Team, ...rules: readonly FaultRule[]): () => void {
  const { faults } = team.sandbox;
  const ids = rules.map((one) => faults.add(one, 'app-engine').id);
  return () => {
    for (const id of ids) faults.clear(id);
  };
}

/** How often each rule has hit, in the order in which they were let loose. */
export function hits(team: Team): number[] {
  return team.sandbox.faults.list().map((one) => one.hits);
}

/** Always content. */
const LOOK = { name: 'look', run: 'true', shell: false, within: 20_000 };

/** A team whose windows are short and judged by a command alone, so that a story takes seconds. */
export async function hazardTeam(change: Partial<Plan> = {}): Promise<Team> {
  const team = await assembleTeam(240, {
    checklist: [],
    validation: { checks: ['permissions', 'service', 'versions', 'bucket'], commands: [] },
    steps: [
      { traffic: 100, watch: 60_000 },
      { traffic: 500, watch: 60_000 },
      { traffic: 1_000, watch: 0 },
    ],
    monitoring: { ...builtInPlan().monitoring, lag: 60_000, figures: false, commands: [LOOK] },
    ...change,
  });
  // Figures are not what these stories are about.
  team.sandbox.appEngine?.setLoad(0);
  return team;
}

/** Waits for the end of a window as fast as it may go, and goes on slowly: patience is counted by the clock, too. */
export async function watchWindow(team: Team, from: number, to: number): Promise<void> {
  await team.waitFor(new RegExp(`Watching at ${from} %`));
  team.sandbox.clock.setSpeed(240);
  await team.waitFor(new RegExp(`from ${from} % to ${to} %\\?`));
  team.sandbox.clock.setSpeed(SLOW);
}

/** Minutes of patience are several real seconds at this speed, and a machine may have other work to do. */
export const SLOW = 20;

/** Taps that {@link begin} makes. */
export const WIZARD_TAPS = 3;

/**
 * Through the wizard, with a file that the bucket does not have.
 * @param topic of the group in which it is told; absent: in none.
 */
export async function begin(team: Team, topic?: number): Promise<void> {
  await writeFile(join(team.dataDir, 'app', 'notice.txt'), 'The second version.');
  const { url = '', chat = 0 } = team.sandbox.telegram ?? {};
  await post(`${url}/_user/send`, { chat_id: chat, user_id: ADA, text: '/deploy', message_thread_id: topic });
  await team.press(ADA, 'The folder');
  await team.press(ADA, 'v2');
  await team.press(ADA, 'Start');
}

/** Asks a local server for something that no bot can. @throws Error with its refusal */
export async function post(url: string, body: object): Promise<void> {
  const reply = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!reply.ok) throw new Error(`${url}: ${await reply.text()}`);
}

/** A change of the split that App Engine has carried out. */
export interface DoneSplit {
  /** What others than v1 have, in per cent. */
  readonly share: number;
  /** By the sandbox's clock. */
  readonly endedAt: number;
}

/** Those that changed something, in the order in which they were begun. */
export async function doneSplits(team: Team): Promise<DoneSplit[]> {
  const reply = await fetch(`${team.sandbox.appEngine?.url}/_sandbox/done`);
  const { done } = (await reply.json()) as {
    done: { endedAt: number; change: { kind: string; allocations?: Record<string, number> } }[];
  };
  return (
    done
      .filter(({ change }) => change.kind === 'set split')
      .map(({ endedAt, change }) => ({
        share: Math.round((1 - (change.allocations?.v1 ?? 0)) * 100),
        endedAt,
      }))
      // What is set to what it is changes nothing.
      .filter(({ share }, i, all) => share !== all[i - 1]?.share)
  );
}

/** What others than v1 have, in per cent, after each change of the split that App Engine has carried out. */
export async function sharesDone(team: Team): Promise<number[]> {
  return (await doneSplits(team)).map(({ share }) => share);
}

/** How many versions of that name App Engine was told to make, and made. */
export async function versionsMade(team: Team): Promise<number> {
  const reply = await fetch(`${team.sandbox.appEngine?.url}/_sandbox/done`);
  const { done } = (await reply.json()) as { done: { method: string }[] };
  return done.filter(({ method }) => method === 'Versions.CreateVersion').length;
}

interface Call {
  readonly method: string;
  readonly status?: number;
  readonly description?: string;
  readonly params: Readonly<Record<string, string>>;
}

/** Taps that were answered; on a machine that is busy beyond measure perhaps later than a phone waits. */
export async function tapsAnswered(team: Team): Promise<number> {
  const answers = (await callsOf(team)).filter(
    ({ method, status, description = '' }) =>
      method.toLowerCase() === 'answercallbackquery' && (status === 200 || /too old/.test(description)),
  );
  return new Set(answers.map(({ params }) => params.callback_query_id)).size;
}

/** What the bot has called at the local Telegram, as far as it arrived there. */
export async function callsOf(team: Team): Promise<readonly Call[]> {
  const reply = await fetch(`${team.sandbox.telegram?.url}/_control/calls`);
  return ((await reply.json()) as { calls: Call[] }).calls;
}

/** Waits until a tap has been answered with these words, however busy the machine is. */
export async function answerGiven(team: Team, words: RegExp): Promise<void> {
  await eventually(async () =>
    (await callsOf(team)).some(
      ({ method, params }) => method.toLowerCase() === 'answercallbackquery' && words.test(params.text ?? ''),
    ),
  );
}

/** Waits until something is so. */
export async function eventually(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const until = Date.now() + 50_000;
  while (!(await isSo())) {
    if (Date.now() > until) throw new Error(`Waited in vain for ${isSo}.`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Waits until so many taps have been answered. */
export async function allAnswered(team: Team, taps: number): Promise<void> {
  await eventually(async () => (await tapsAnswered(team)) === taps);
}
