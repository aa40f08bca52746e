import type { Role } from '../plan/schema.ts';
import { sameSplit } from '../plan/split.ts';
import type { AnswerWord, Effect, Topic } from './events.ts';
import { heard } from './heard.ts';
import type { Gate, Rollout } from './state.ts';

/** An answer that a question takes at this moment, and who may give it. */
export interface Choice {
  /** `withdraw` takes one's own yes back while others are waited for. */
  readonly answer: AnswerWord | 'withdraw';
  readonly roles: readonly Role[];
}

const ANYONE: readonly Role[] = ['operator', 'approver'];
export const APPROVERS: readonly Role[] = ['approver'];

/** The answers on offer: they follow the freshest verdict, not the one that the question was asked with. */
export function choices(rollout: Rollout, gate: Gate): Choice[] {
  const { topic } = gate;
  switch (topic.kind) {
    case 'promote': {
      const answer = topic.step === 0 ? 'good' : (heard(rollout, rollout.verdict) ?? 'no-data');
      const hold: Choice = { answer: 'hold', roles: ANYONE };
      const back: Choice[] = gate.votes.length > 0 ? [{ answer: 'withdraw', roles: ANYONE }] : [];
      if (answer === 'good') return [{ answer: 'yes', roles: APPROVERS }, hold, ...back];
      return [
        hold,
        ...(answer === 'bad' ? [] : [{ answer: 'overrule', roles: APPROVERS } as const]),
        ...back,
      ];
    }
    case 'roll-back':
      return [
        { answer: 'yes', roles: ANYONE },
        { answer: 'no', roles: ANYONE },
      ];
    case 'cron':
      return (['yes', 'no'] as const).map((answer) => ({ answer, roles: ANYONE }));
    case 'stuck':
      return waysOut(rollout, topic.effect);
    case 'drift':
      return waysFrom(rollout, topic).map((answer) => ({ answer, roles: APPROVERS }));
  }
}

/** What can be done about another hand's change. */
function waysFrom(
  { version, stage }: Rollout,
  { expected, live, versions = [] }: Extract<Topic, { kind: 'drift' }>,
): AnswerWord[] {
  const unfit = versions.some((one) => one.version === version && one.what !== 'replaced');
  return [
    // A version that does not run cannot be let out.
    ...(unfit ? [] : (['adopt'] as const)),
    ...(sameSplit(expected, live) ? [] : (['restore'] as const)),
    // What is out has ended already.
    ...(stage.at === 'done' ? [] : (['no'] as const)),
  ];
}

/** What can be done about an effect that failed. */
function waysOut(rollout: Rollout, effect: Effect['kind']): Choice[] {
  const retry: Choice = { answer: 'retry', roles: ANYONE };
  const no: Choice = { answer: 'no', roles: ANYONE };
  switch (effect) {
    case 'validate':
    case 'verify':
      return [retry, no, { answer: 'overrule', roles: APPROVERS }];
    case 'set-split':
      return [retry];
    case 'compare-cron':
    case 'deploy-cron':
    case 'put-back':
      return [retry, no];
    default:
      return rollout.step < 0 ? [retry, no] : [retry];
  }
}
