import { sayCron } from '../bot/views/milestones.ts';
import { subjectOf } from '../bot/views/routing.ts';
import {
  answerWord,
  clockTime,
  count,
  dayOf,
  figures,
  percent,
  shareNow,
  versionsOf,
} from '../bot/views/words.ts';
import { MINUTE, sayDuration } from '../plan/duration.ts';
import { sayOrigin } from '../plan/origin.ts';
import { describeSplit } from '../plan/split.ts';
import type { Verdict } from '../plan/verdict.ts';
import { items, openItems } from '../rollout/checklist.ts';
import type { AnswerWord, Check, Effect, Event, Outcome, Topic } from '../rollout/events.ts';
import type { Rollout } from '../rollout/state.ts';

/**
 * What an event of the journal means to somebody who follows the release on a terminal; undefined for what they need
 * not hear. Plain text.
 * @param rollout as it is after the event.
 */
export function tell(event: Event, rollout: Rollout): string | undefined {
  switch (event.type) {
    case 'started':
      return started(rollout);
    case 'item-marked':
      return rollout.stage.at === 'checklist' ? undefined : 'The checklist is done.';
    case 'item-ran':
      return `Checklist, “${items(rollout).get(event.item)?.text ?? event.item}”: ${event.detail}.${rollout.stage.at === 'checklist' ? '' : ' The checklist is done.'}`;
    case 'checklist-closed':
      return `${event.by.name} goes on with ${count(event.open.length, 'item')} of the checklist open${event.reason ? `: ${event.reason}` : '.'}`;
    case 'effect-intended':
      return beginning(event.effect, rollout);
    case 'validated':
      return sayChecks('Validation', event.checks);
    case 'backed-up':
      return `Saved. Traffic before: ${describeSplit(event.split)}.`;
    case 'deployed':
      return `Deployed without traffic: ${event.files > 0 ? `${count(event.files, 'file')}, ${event.uploaded} of them uploaded. ` : ''}${event.versionUrl}`;
    case 'cron-deployed':
      return `Cron jobs: ${sayCron(event.change)}.`;
    case 'verified':
      return sayChecks('Verification', event.checks);
    case 'split-set':
      return moved(event.split, rollout);
    case 'drifted':
      return event.versions
        ? `Another hand was here: ${event.versions.map(({ version, what }) => `${version} ${what}`).join(', ')}; traffic: ${describeSplit(event.live)}.`
        : `Traffic was moved by another hand: ${describeSplit(event.live)}.`;
    case 'righted':
      return 'It is as it was before again.';
    case 'judged':
      return judged(event.verdict, rollout);
    case 'asked':
      return asked(event.topic, event.expires, event.at, rollout);
    case 'voted':
      return rollout.terms.approval.needed > 1 ? `${event.by.name} says yes.` : undefined;
    case 'vote-withdrawn':
      return event.why
        ? `${sentence(event.why)} The yes counts no more.`
        : `${event.by.name} takes the yes back.`;
    case 'settled':
      return settled(event.outcome, event.by?.name);
    case 'asked-again':
      return `${event.by.name} has it asked again.`;
    case 'held':
      return `${event.by.name} holds it: ${event.reason}`;
    case 'resumed':
      return `${event.by.name} lets it go on.`;
    case 'rollback-requested':
      return `${event.by.name} asks for the rollback: ${event.reason}`;
    case 'put-back':
      return sayChecks('Put back', event.checks);
    case 'cancelled':
      return `${event.by.name} cancels it.`;
    default:
      return undefined;
  }
}

/** How a rollout that is over ended, and where its traffic is. */
export function tellEnd({ stage, step, version, live, original }: Rollout): string {
  const split = live ?? original;
  const traffic = split ? ` Traffic: ${describeSplit(split)}.` : '';
  switch (stage.at) {
    case 'done':
      return `Done: ${version} has all of the traffic.`;
    case 'rolled-back':
      return `Rolled back: ${sentence(stage.reason)}${traffic}`;
    default:
      return step >= 0
        ? `Stopped. The traffic stays as it is.${traffic}`
        : 'Cancelled. No traffic was moved by it.';
  }
}

function started(rollout: Rollout): string {
  const { service, version, source, starter, id, rejected } = rollout;
  const from = source.kind === 'version' ? 'which is already there' : `from ${sayOrigin(source)}`;
  const open = openItems(rollout).length;
  return [
    `${service}: ${starter.name} began the release of ${version}, ${from}. Rollout ${id}.`,
    ...(rejected ? [`${version} was rolled back on ${dayOf(rejected.at)}: ${sentence(rejected.why)}`] : []),
    ...(open > 0 ? [`Waiting for the checklist in the chat: ${count(open, 'item')} open.`] : []),
  ].join(' ');
}

function beginning(effect: Effect, rollout: Rollout): string | undefined {
  switch (effect.kind) {
    case 'run-item':
      return `Running the command of “${items(rollout).get(effect.item)?.text ?? effect.item}”.`;
    case 'validate':
      return 'Looking whether all is there that the release takes.';
    case 'back-up':
      return 'Saving what a rollback needs.';
    case 'deploy':
      return rollout.source.kind === 'version'
        ? 'Looking for the version that is to be released.'
        : 'Deploying without traffic.';
    case 'compare-cron':
      return 'Comparing cron.yaml and dispatch.yaml with what is there.';
    case 'deploy-cron':
      return 'Changing the cron jobs and the routing, as far as they differ.';
    case 'verify':
      return 'Checking the new version on its own address.';
    case 'set-split':
      return `Moving traffic to ${describeSplit(effect.to)}.`;
    case 'put-back':
      return 'Putting cron jobs and files back.';
    case 'announce':
    case 'look-after':
    case 'assess':
      return undefined;
  }
}

function sayChecks(what: string, checks: readonly Check[]): string {
  const failed = checks.filter(({ ok }) => !ok);
  if (failed.length === 0) return `${what}: ${count(checks.length, 'check')} passed.`;
  const why = failed.map(({ name, detail }) => `${name}: ${sentence(detail)}`).join(' ');
  return `${what}: ${failed.length} of ${count(checks.length, 'check')} failed. ${why}`;
}

function moved(split: Parameters<typeof describeSplit>[0], { stage }: Rollout): string {
  const watch =
    stage.at === 'watch'
      ? ` Watching for ${sayDuration(stage.to - stage.from)}, until ${clockTime(stage.to)}.`
      : '';
  return `Traffic: ${describeSplit(split)}.${watch}`;
}

/** "10 %: watching, 12 of 30 minutes, good. Errors 0.12 % against 0.10 % …". */
function judged(verdict: Verdict, rollout: Rollout): string {
  const { stage } = rollout;
  const word = `${answerWord(verdict)}. ${verdict.answer === 'good' ? '' : `${sentence(verdict.reasons[0] ?? '')} `}${figures(verdict)}`;
  if (stage.at !== 'watch') return `${shareNow(rollout)}: ${word}`;
  const minutes = Math.max(0, Math.min(stage.to, verdict.through) - stage.from) / MINUTE;
  const window = `${Math.floor(minutes)} of ${sayDuration(stage.to - stage.from)}`;
  return `${shareNow(rollout)}: watching, ${window}, ${word}`;
}

function asked(topic: Topic, expires: number, at: number, rollout: Rollout): string {
  const until = Number.isSafeInteger(expires + 1) ? `, which expires in ${sayDuration(expires - at)}` : '';
  const waiting = `Waiting for an answer in the chat${until}.`;
  switch (topic.kind) {
    case 'promote':
      return `Promote ${rollout.version} to ${percent(topic.to.shares[rollout.version] ?? 0)}? ${waiting}`;
    case 'roll-back':
      return `Roll back to ${versionsOf(topic.to)}? ${sentence(topic.reason)} ${waiting}`;
    case 'cron':
      return `May ${subjectOf(topic.change)} change: ${sayCron(topic.change)}? ${waiting}`;
    case 'stuck':
      return `Stopped: ${sentence(topic.problem)} ${waiting}`;
    case 'drift':
      return `The traffic should be ${describeSplit(topic.expected)}: ${rollout.service} is left alone until people say. ${waiting}`;
  }
}

const ANSWERS: Record<AnswerWord, string> = {
  yes: 'says yes',
  no: 'says no',
  hold: 'puts it off',
  retry: 'has it tried again',
  adopt: 'keeps the traffic as it was found',
  restore: 'has the traffic put back',
  overrule: 'goes on all the same',
  emergency: 'goes on alone, in an emergency',
};

function settled(outcome: Outcome, by = 'The plan'): string {
  switch (outcome.kind) {
    case 'answered':
      return `${by} ${ANSWERS[outcome.answer]}${outcome.reason ? `: ${outcome.reason}` : '.'}`;
    case 'expired':
      return 'Nobody answered in time. The chat offers to ask again.';
    case 'superseded':
      return `The question is void: ${sentence(outcome.why)}`;
  }
}

function sentence(text: string): string {
  const trimmed = text.trim();
  return /[.!?…]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}
