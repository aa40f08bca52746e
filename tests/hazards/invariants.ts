import { describeSplit, WHOLE } from '../../src/plan/split.ts';
import type { Event } from '../../src/rollout/events.ts';
import { evolve, fold } from '../../src/rollout/evolve.ts';
import type { Rollout } from '../../src/rollout/state.ts';
import { openFileStore } from '../../src/store/file-store.ts';
import { type ChatMessage, liveSplit, type Team } from '../story/team.ts';
import { doneSplits, tapsAnswered, versionsMade } from './hazard.ts';
import { movedByHand, STRANGE_SHARE } from './mishaps.ts';

/** Real milliseconds in which the chat must say what the journal says, once the faults have passed. */
const CATCHING_UP_MS = 60_000;

/** What must hold of a rollout that is over and does not, a sentence each. @param taps that people have made */
export async function findBroken(team: Team, events: readonly Event[], taps: number): Promise<string[]> {
  const rollout = fold(events);
  const stranger = await movedByHand(team);
  const caughtUp = await eventually(async () => {
    const [card, answered] = [await cardOf(team, rollout), await tapsAnswered(team)];
    const says =
      rollout.stage.at === 'rolled-back' ? /Rolled back: / : /Done: .* has all of the traffic|Cancelled/;
    const found = [
      ...(card !== undefined && says.test(card) ? [] : [`The card says "${card}" at ${rollout.stage.at}.`]),
      ...(answered === taps ? [] : [`${answered} of ${taps} taps were answered.`]),
    ];
    return found.length === 0 ? undefined : found;
  });
  return [
    ...caughtUp,
    ...(await movedWithoutYes(team, rollout)),
    ...(await otherThanLive(team, rollout)),
    ...(await twice(team)),
    ...((await versionsMade(team)) > 1 ? ['The version was made more than once.'] : []),
    ...((await openFileStore(team.dataDir).live()).length > 1 ? ['More than one rollout is live.'] : []),
    ...yesToNothing(events),
    ...rollout.gates.flatMap(({ topic }) =>
      topic.kind === 'drift' && !stranger
        ? [`Nobody else was there, but drift was found: ${describeSplit(topic.live)}.`]
        : [],
    ),
  ];
}

async function eventually(look: () => Promise<string[] | undefined>): Promise<string[]> {
  const until = Date.now() + CATCHING_UP_MS;
  for (;;) {
    const wrong = await look();
    if (wrong === undefined) return [];
    if (Date.now() > until) return wrong;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** App Engine's own list of what it changed, against the answers in the journal. */
async function movedWithoutYes(team: Team, rollout: Rollout): Promise<string[]> {
  const percent = (share = 0) => (share / WHOLE) * 100;
  const allowed = rollout.gates.flatMap(({ topic, outcome, settledAt = 0 }) => {
    if (outcome?.kind !== 'answered') return [];
    if (topic.kind === 'promote' && outcome.answer === 'yes')
      return [{ share: percent(topic.to.shares[rollout.version]), from: settledAt }];
    if (topic.kind === 'drift' && outcome.answer === 'restore')
      return [{ share: percent(topic.expected.shares[rollout.version]), from: settledAt }];
    return [];
  });
  const left = [...allowed];
  const done = await doneSplits(team);
  const risen = done.filter(({ share }, i) => share > (done[i - 1]?.share ?? 0) && share !== STRANGE_SHARE);
  return risen.flatMap(({ share, endedAt }) => {
    const yes = left.findIndex((one) => one.share === share && one.from <= endedAt);
    if (yes >= 0) left.splice(yes, 1);
    const answers = allowed.map((one) => one.share).join(', ') || 'nothing';
    return yes >= 0 ? [] : [`Traffic rose to ${share} %, but the answers let it have ${answers}.`];
  });
}

/** A yes after the first step rests on a verdict that is good. */
function yesToNothing(events: readonly Event[]): string[] {
  let rollout: Rollout | undefined;
  return events.flatMap((event) => {
    const before = rollout;
    rollout = evolve(before, event);
    if (event.type !== 'settled' || event.outcome.kind !== 'answered' || event.outcome.answer !== 'yes')
      return [];
    const gate = before?.gates.find(({ id }) => id === event.gate);
    const verdict = before?.verdict?.answer ?? 'none';
    return gate?.topic.kind === 'promote' && gate.topic.step > 0 && verdict !== 'good'
      ? [`A yes was taken while the verdict was ${verdict}.`]
      : [];
  });
}

async function otherThanLive(team: Team, { live }: Rollout): Promise<string[]> {
  const now = Object.entries(await liveSplit(team)).map(
    ([id, share]) => [id, Math.round(share * WHOLE)] as const,
  );
  const known = Object.entries(live?.shares ?? {});
  const key = (all: readonly (readonly [string, number])[]) => JSON.stringify(all.toSorted());
  // Before the backup nothing is known of it.
  if (live === undefined || key(now) === key(known)) return [];
  return [`The journal says ${JSON.stringify(known)}, App Engine ${JSON.stringify(now)}.`];
}

async function cardOf(team: Team, { id }: Rollout): Promise<string | undefined> {
  const found = (await team.messages()).find((one) => one.from.is_bot && textOf(one).includes(`· ${id}`));
  return found && textOf(found);
}

function textOf({ text, caption }: ChatMessage): string {
  return text ?? caption ?? '';
}

/** Messages of the bot's that stand in the chat twice. */
async function twice(team: Team): Promise<string[]> {
  const said = (await team.messages())
    .filter((one) => one.from.is_bot)
    .map(textOf)
    // Of what is pinned Telegram tells without words.
    .filter((text) => text !== '');
  return said
    .filter((text, i) => said.indexOf(text) < i)
    .map((text) => `It stands in the chat twice: "${text}"`);
}
