import { setTimeout as pause } from 'node:timers/promises';
import type { Rollout } from '../../src/rollout/state.ts';
import type { Team } from '../story/team.ts';
import { doneSplits, post, rule } from './hazard.ts';

/** What befalls a story once, beside the faults of single requests. */
export type Mishap =
  | 'other hand'
  | 'silence'
  | 'second poller'
  | 'thrown out'
  | 'card deleted'
  | 'topic deleted';

const ALL: readonly Mishap[] = [
  'other hand',
  'silence',
  'second poller',
  'thrown out',
  'card deleted',
  'topic deleted',
];

/** The topic in which a story is told whose topic goes. */
export const TOPIC = 7;
/** What the other hand gives the new version, in per cent: no step of the plan has it. */
export const STRANGE_SHARE = 33;
/** Real milliseconds: half an hour of the story's. */
const SILENCE_MS = 15_000;
const OUT_MS = 5_000;
/** So often somebody with a console tries again what App Engine refuses, and this long they look whether it came true. */
const TRIES = 6;
const LOOK_MS = 500;
/** A request that has no answer by then is given up, in real milliseconds. */
const ANSWER_MS = 10_000;

/** One of them, or none; and how many deeds of people's come before it. */
export function drawMishap(random: () => number): { readonly mishap?: Mishap; readonly after: number } {
  const mishap = ALL[Math.floor(random() * (ALL.length + 2))];
  return { ...(mishap && { mishap }), after: Math.floor(random() * 3) };
}

/** Whether it can befall the rollout where it stands: another hand has nothing to move before there is a new version. */
export function canBefall(mishap: Mishap, { stage, step, live, version }: Rollout): boolean {
  if (mishap !== 'other hand') return true;
  return step >= 0 && (stage.at === 'ask' || stage.at === 'watch') && live?.shares[version] !== undefined;
}

/** @param calm takes the faults of single requests away. */
export async function befall(
  mishap: Mishap,
  team: Team,
  { id, version }: Rollout,
  calm: () => void,
): Promise<void> {
  switch (mishap) {
    case 'other hand':
      return moveByHand(team, version, calm);
    case 'silence': {
      const { id: silence } = team.sandbox.faults.add({ match: {}, fault: { kind: 'reset' } }, 'telegram');
      // People go on meanwhile.
      setTimeout(() => team.sandbox.faults.clear(silence), SILENCE_MS);
      return;
    }
    case 'second poller':
      team.sandbox.faults.add(
        rule('POST /getUpdates', { kind: 'status', code: 409 }, { times: 2 }),
        'telegram',
      );
      return;
    case 'thrown out':
      await control(team, 'membership', { status: 'kicked' });
      await pause(OUT_MS);
      return control(team, 'membership', { status: 'administrator' });
    case 'card deleted':
      return deleteCard(team, id);
    case 'topic deleted':
      return control(team, 'topic', { thread: TOPIC, is: 'deleted' });
  }
}

/** As somebody with the console open does it: what is refused is tried again, and in the end it is seen what came of it. */
async function moveByHand(team: Team, version: string, calm: () => void): Promise<void> {
  const { url = '', project = '' } = team.sandbox.appEngine ?? {};
  const allocations = { v1: 0.67, [version]: 0.33 };
  for (let attempt = 1; ; attempt++) {
    if (attempt === TRIES) calm();
    const reply = await fetch(`${url}/v1/apps/${project}/services/default?updateMask=split`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ split: { allocations, shardBy: 'RANDOM' } }),
      signal: AbortSignal.timeout(ANSWER_MS),
    }).catch(() => undefined);
    for (let looks = 0; looks < 4; looks++) {
      await pause(LOOK_MS);
      if (await movedByHand(team)) return;
    }
    // Moved or not, whoever is refused that often thinks better of it.
    if (attempt > TRIES) throw new Error(`Nobody can move the traffic: ${reply?.status ?? 'no answer'}.`);
  }
}

/** Whether the other hand's split was in force at some time. */
export async function movedByHand(team: Team): Promise<boolean> {
  return (await doneSplits(team)).some(({ share }) => share === STRANGE_SHARE);
}

async function deleteCard(team: Team, rollout: string): Promise<void> {
  const card = (await team.messages()).find(
    ({ from, text, caption }) => from.is_bot && (text ?? caption ?? '').includes(`· ${rollout}`),
  );
  if (!card) return;
  const { url = '', token = '', chat = 0 } = team.sandbox.telegram ?? {};
  await post(`${url}/bot${token}/deleteMessage`, { chat_id: chat, message_id: card.message_id });
}

function control(team: Team, path: string, body: object): Promise<void> {
  return post(`${team.sandbox.telegram?.url}/_control/${path}`, body);
}
