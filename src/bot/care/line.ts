import { DAY } from '../../plan/duration.ts';
import { type Care, type Digest, latestDigest, tasksLeft } from '../../rollout/care.ts';
import type { Rollout } from '../../rollout/state.ts';
import { type Html, html } from '../html.ts';
import { listed } from '../info/words.ts';
import { count } from '../views/words.ts';
import { waiting } from './criteria.ts';
import { isOff } from './digest.ts';
import { shortTime } from './words.ts';

/** After-care in a line of the card; undefined where nothing is left of it. */
export function careLine(rollout: Rollout, now: number): Html | undefined {
  const { care, stage, closed } = rollout;
  if (!care || closed) return undefined;
  if (stage.at !== 'done') {
    const steps = stepsLine(care);
    return steps ? html`🩺 Follow-up: ${steps}.` : undefined;
  }
  const current = currentDigests(care, now);
  const parts = [nextLook(rollout, care, now), tasks(current), verdict(rollout, care, now)];
  const said = parts.filter((part) => part !== undefined);
  const off = roundsOff(rollout, current);
  const alarm = off.length > 0 ? html` 🔴 <b>${listed(off)}: off at the last look.</b>` : html``;
  return said.length > 0 || off.length > 0 ? html`🩺 After-care: ${said.join('; ')}.${alarm}` : undefined;
}

function nextLook({ terms }: Rollout, care: Care, now: number): string | undefined {
  const { rounds, zone } = terms.afterCare;
  const next = care.rounds.flatMap((state, i) =>
    state.next === undefined ? [] : [{ at: state.next, name: rounds[i]?.name ?? '' }],
  );
  const [first] = next.toSorted((a, b) => a.at - b.at);
  return first && `next look ${shortTime(first.at, now, zone)} (${first.name})`;
}

function roundsOff({ terms }: Rollout, current: readonly Digest[]): string[] {
  return current.filter(isOff).map(({ round }) => terms.afterCare.rounds[round]?.name ?? '');
}

/** The last look of each round, until a day after the round is over. */
function currentDigests(care: Care, now: number): Digest[] {
  return care.rounds.flatMap(({ next }, i) => {
    const digest = latestDigest(care, i);
    return digest && (next !== undefined || now < digest.at + DAY) ? [digest] : [];
  });
}

function tasks(current: readonly Digest[]): string | undefined {
  const open = current.reduce((sum, digest) => sum + tasksLeft(digest), 0);
  return open > 0 ? `${count(open, 'task')} open` : undefined;
}

function verdict({ terms }: Rollout, care: Care, now: number): string | undefined {
  const { conclusion, assessment, begun } = care;
  const { after, criteria } = terms.success;
  if (conclusion?.met) return 'it is a success';
  if (conclusion) return ['it is not a success', stepsLine(care)].filter(Boolean).join(', ');
  if (assessment) return `the verdict waits for ${count(waiting(care), 'answer')}`;
  return criteria.length > 0
    ? `verdict due ${shortTime(begun + after, now, terms.afterCare.zone)}`
    : undefined;
}

function stepsLine({ conclusion }: Care): string | undefined {
  if (!conclusion || conclusion.steps.length === 0) return undefined;
  const done = conclusion.steps.filter((step) => step.done).length;
  return `${done} of ${count(conclusion.steps.length, 'step')} done`;
}
