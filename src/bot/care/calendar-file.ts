import { HOUR } from '../../plan/duration.ts';
import type { Rollout } from '../../rollout/state.ts';
import { missedCriteria } from './verdict.ts';
import { nameOf } from './words.ts';

/**
 * A step of the follow-up as an appointment of one hour, as RFC 5545 has it. The same step gives the same file, so that a
 * calendar that has it already knows it again. Undefined when there is no such step.
 */
export async function calendarFile(
  rollout: Rollout,
  step: number,
): Promise<{ readonly name: string; readonly bytes: Uint8Array } | undefined> {
  const planned = rollout.terms.contingency[step];
  const conclusion = rollout.care?.conclusion;
  const followUp = conclusion?.steps[step];
  if (!planned || !conclusion || !followUp) return undefined;
  const { default: ical } = await import('ical-generator');
  const calendar = ical({ prodId: { company: 'Sluice', product: 'follow-up', language: 'EN' } });
  const { due, owner } = followUp;
  const missed = missedCriteria(rollout).map((criterion) => `- ${criterion}`);
  calendar.createEvent({
    id: `${rollout.id}-${conclusion.at.toString(36)}-${step}@sluice`,
    stamp: new Date(conclusion.at),
    start: new Date(due),
    end: new Date(due + HOUR),
    summary: `${planned.text} (${nameOf(rollout)})`,
    description: [
      `${nameOf(rollout)} did not meet these criteria:`,
      ...missed,
      ...(owner ? [`${owner.name} has taken it.`] : []),
      `Rollout ${rollout.id}.`,
    ].join('\n'),
  });
  const name = `${rollout.service}-${rollout.version}-step-${step + 1}.ics`;
  return { name, bytes: Buffer.from(calendar.toString()) };
}
