import type { AnswerWord, Event, Topic } from './events.ts';
import { enter, type Rollout, type Strayed } from './state.ts';
import { supersedeGates, withoutEffect } from './withdraw.ts';

/** The state after another hand was found on traffic or versions. */
export function drifted(rollout: Rollout, event: Extract<Event, { type: 'drifted' }>): Rollout {
  const { stage } = rollout;
  const { live, versions, seen, at } = event;
  const strayed: Strayed = { live, ...(versions && { versions }), ...(seen && { seen }) };
  const again = supersedeGates(rollout, 'it has changed again', at, 'drift');
  // What is out is out: a new release must not have to wait for this answer.
  if (stage.at === 'done') return { ...again, strayed };
  const resume = stage.at === 'drift' ? stage.resume : stage;
  const asked = supersedeGates(again, 'another hand has changed what it was asked on', at, 'promote');
  // While a split was being put back, that one was expected, and not what it was to be put back from.
  const expected = stage.at === 'shift' && stage.to ? { live: stage.to } : {};
  return enter({ ...withoutEffect(asked), ...expected }, { at: 'drift', ...strayed, resume }, at);
}

/** The state after whoever had changed it put it back. */
export function righted(rollout: Rollout, at: number): Rollout {
  const { strayed: _, ...rest } = supersedeGates(rollout, 'it is as before again', at, 'drift');
  if (rest.stage.at !== 'drift' || !rest.live) return rest;
  return goBack(rest, rest.stage, at);
}

/** The state after people have said what is to become of it. */
export function settleDrift(
  rollout: Rollout,
  topic: Extract<Topic, { kind: 'drift' }>,
  answer: AnswerWord,
  at: number,
): Rollout {
  const { stage, strayed, terms } = rollout;
  if (stage.at === 'done' && strayed) return settleStrayed(rollout, strayed, answer, at);
  if (stage.at !== 'drift') return rollout;
  const known: Rollout = { ...rollout, live: stage.live };
  // A rollback of what was out is given up: it stays out as it was found.
  if (answer === 'adopt' && rollout.care) return takenOver({ ...known, stage: { at: 'done' } });
  if (answer === 'adopt') {
    // What was judged so far was judged under another split: the figures begin anew, and the step is asked for again.
    const { verdict: _, judgedAt: __, ...unjudged } = known;
    const step = Math.min(rollout.step, terms.steps.length - 2);
    const replaced = stage.versions?.some((one) => one.version === rollout.version) ?? false;
    const taken = {
      ...unjudged,
      step,
      base: stage.live,
      movedAt: at,
      ...(stage.seen && { marks: stage.seen }),
    };
    return enter(taken, replaced ? { at: 'verify' } : { at: 'ask', since: at }, at);
  }
  if (answer !== 'restore') return enter(known, { at: 'cancelled' }, at);
  return goBack(known, stage, at, topic.expected);
}

/** To where it was when the drift was found. A window begins anew: its minutes were not those of one split. */
function goBack(
  rollout: Rollout,
  { resume }: Extract<Rollout['stage'], { at: 'drift' }>,
  at: number,
  to = rollout.live,
): Rollout {
  if (resume.at === 'restore') return enter(rollout, resume, at);
  return enter(rollout, { at: 'shift', step: rollout.step, ...(to && { to }) }, at);
}

function settleStrayed(rollout: Rollout, { live }: Strayed, answer: AnswerWord, at: number): Rollout {
  const { strayed: _, ...rest } = rollout;
  if (answer === 'restore') {
    const expected = rollout.live;
    const stage = { at: 'shift', step: rollout.step, ...(expected && { to: expected }) } as const;
    return enter({ ...rest, live }, stage, at);
  }
  return takenOver({ ...rest, live });
}

/** After-care goes on where the version still has traffic; else there is nothing left to look after. */
function takenOver(rollout: Rollout): Rollout {
  if (rollout.live?.shares[rollout.version]) return rollout;
  const { care: _, ...over } = rollout;
  return over;
}
