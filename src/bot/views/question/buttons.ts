import { sayDuration } from '../../../plan/duration.ts';
import { type Choice, choices } from '../../../rollout/choices.ts';
import type { Topic } from '../../../rollout/events.ts';
import type { Gate, Rollout } from '../../../rollout/state.ts';
import type { Button } from '../../buttons.ts';
import { percent } from '../words.ts';

/** The answers on offer, the figures, and beside a promotion the way back. */
export function buttons(rollout: Rollout, gate: Gate): Button[][] {
  const offered = choices(rollout, gate).map((choice) => answerButton(rollout, gate, choice.answer));
  if (gate.topic.kind === 'stuck' && offered.length > 2) return [offered.slice(0, 2), offered.slice(2)];
  const evidence: Button = { text: 'Chart and logs', press: { kind: 'evidence', rollout: rollout.id } };
  if (gate.topic.kind === 'roll-back') return [offered, [evidence]];
  if (gate.topic.kind !== 'promote' || gate.topic.step === 0) return [offered];
  const back = { kind: 'roll-back', rollout: rollout.id } as const;
  return [offered, [{ text: 'Roll back…', press: back, style: 'danger' }, evidence]];
}

function answerButton(rollout: Rollout, gate: Gate, answer: Choice['answer']): Button {
  const press = { kind: 'answer', gate: gate.id, revision: gate.revision, answer } as const;
  switch (answer) {
    case 'yes':
      return { ...yes(rollout, gate.topic), press };
    case 'no':
      return { text: no(gate.topic), press };
    case 'hold':
      return { text: `Hold ${sayDuration(rollout.terms.approval.hold)}`, press };
    case 'retry':
      return { text: 'Try again', press, style: 'primary' };
    case 'adopt':
      return { text: 'Keep it', press };
    case 'restore':
      return { text: 'Put it back', press, style: 'primary' };
    case 'overrule':
      return { text: 'Overrule, with a reason…', press };
    case 'withdraw':
      return { text: 'Take my yes back', press };
    case 'emergency':
      return { text: 'Alone, with a reason…', press };
  }
}

function yes(rollout: Rollout, topic: Topic): Pick<Button, 'text' | 'style'> {
  if (topic.kind === 'promote')
    return { text: `Promote to ${percent(topic.to.shares[rollout.version] ?? 0)}`, style: 'success' };
  if (topic.kind === 'cron') return { text: 'Apply', style: 'success' };
  return { text: 'Yes, roll back now', style: 'danger' };
}

function no(topic: Topic): string {
  switch (topic.kind) {
    case 'roll-back':
      return 'No, leave it';
    case 'cron':
      return topic.change.routes ? 'Leave all as it is' : 'Leave the jobs as they are';
    case 'stuck':
      return waysOn(topic.effect);
    default:
      return 'Stop here';
  }
}

/** What declining to try again comes to. */
function waysOn(effect: Extract<Topic, { kind: 'stuck' }>['effect']): string {
  switch (effect) {
    case 'put-back':
      return 'Leave it';
    case 'compare-cron':
    case 'deploy-cron':
      return 'Leave the jobs as they are';
    default:
      return 'Cancel the rollout';
  }
}
