import { describeSplit, type Split, sameSplit } from '../plan/split.ts';
import { timeLimit } from '../plan/time-limit.ts';
import { type Act, type Actor, type Circumstances, refusal, who } from './answers.ts';
import { type Command, weigh } from './commands.ts';
import type { Fact, Topic } from './events.ts';
import type { Cloud } from './ports.ts';
import { changesOf, type Sight, versionsOfInterest, whatIsSeen } from './sighting.ts';
import { isYes, type Rollout } from './state.ts';

/** What App Engine had when somebody answered. */
export type World =
  /** The answer moves nothing. */
  | { readonly kind: 'unread' }
  | { readonly kind: 'read'; readonly sight: Sight }
  | { readonly kind: 'unreadable'; readonly why: string };

/** A tap waits this long for the live split before it is refused: the button spins meanwhile, and not for ever. */
const READ_TIMEOUT_MS = 5_000;

/** Looks at App Engine once more, where the command is an answer that leads to a move of traffic. */
export async function readWorld(
  cloud: Pick<Cloud, 'see'>,
  rollout: Rollout,
  command: Command,
  actor: Actor,
  around: Circumstances,
): Promise<World> {
  const topic = topicOf(rollout, command);
  if (!topic || !moves(topic, command) || weigh(rollout, command, actor, around).refused)
    return { kind: 'unread' };
  try {
    const versions = topic.kind === 'roll-back' ? [] : versionsOfInterest(rollout);
    const sight = await cloud.see(rollout.service, versions, timeLimit(READ_TIMEOUT_MS));
    return sight ? { kind: 'read', sight } : { kind: 'unreadable', why: 'The service is gone.' };
  } catch (error) {
    return { kind: 'unreadable', why: (error as Error).message };
  }
}

/** {@link weigh}, with what App Engine has to say about an answer that moves traffic. */
export function weighInWorld(
  rollout: Rollout,
  command: Command,
  actor: Actor,
  world: World,
  around: Circumstances,
): Act {
  const act = weigh(rollout, command, actor, around);
  const topic = topicOf(rollout, command);
  if (command.type !== 'answer' || act.refused || world.kind === 'unread' || !topic) return act;
  const refuse = (why: string, ...facts: Fact[]): Act => {
    const refused = refusal(
      actor,
      `answer '${command.answer}' to question ${command.gate}`,
      why,
      command.gate,
    );
    return { ...refused, facts: [...refused.facts, ...facts] };
  };
  const superseded = (why: string): Fact => ({
    type: 'settled',
    gate: command.gate,
    outcome: { kind: 'superseded', why },
  });

  if (world.kind === 'unreadable') {
    // A rollback reads for itself and is not kept from trying.
    if (topic.kind === 'roll-back') return act;
    return refuse(`The live traffic cannot be read, so nothing was moved. ${world.why}`);
  }
  const { sight } = world;
  switch (topic.kind) {
    case 'promote': {
      const found = whatChangedIn(rollout, sight, topic.from);
      if (found === undefined) return act;
      return refuse(`Nothing was moved: ${found}.`, superseded(found), driftedTo(rollout, sight));
    }
    case 'drift': {
      const facts = whatIsSeen(rollout, sight);
      return facts.length === 0 ? act : refuse('Nothing was moved: it has changed again since.', ...facts);
    }
    case 'roll-back': {
      const { live, pending } = rollout;
      // What the rollout moved, or is moving, since the question was put is no foreign hand: it must not delay the way back.
      const own = pending?.effect.kind === 'set-split' || (live && sameSplit(sight.split, live));
      if (sameSplit(sight.split, topic.from) || own) return act;
      const found = sayMoved(sight.split);
      const wish: Fact = { type: 'rollback-requested', reason: topic.reason, by: who(actor) };
      return refuse(
        `Nothing was moved: ${found}.`,
        superseded(found),
        { type: 'seen', live: sight.split },
        wish,
      );
    }
    default:
      return act;
  }
}

function topicOf(rollout: Rollout, command: Command): Topic | undefined {
  if (command.type !== 'answer') return undefined;
  return rollout.gates.findLast((gate) => gate.id === command.gate)?.topic;
}

function moves(topic: Topic, command: Command): boolean {
  if (command.type !== 'answer') return false;
  const { answer } = command;
  if (topic.kind === 'promote' || topic.kind === 'roll-back') return isYes(answer);
  return topic.kind === 'drift' && (answer === 'adopt' || answer === 'restore');
}

/** What another hand did since a promotion was asked for. */
function whatChangedIn(rollout: Rollout, sight: Sight, from: Split): string | undefined {
  if (!sameSplit(sight.split, from)) return sayMoved(sight.split);
  const [change] = changesOf(rollout, sight.versions);
  return change && `${change.version} was ${CHANGED[change.what]} by another hand`;
}

const CHANGED = { gone: 'deleted', stopped: 'stopped', replaced: 'replaced' } as const;

function driftedTo(rollout: Rollout, { split, versions: seen }: Sight): Fact {
  const versions = changesOf(rollout, seen);
  return { type: 'drifted', live: split, ...(versions.length > 0 && { versions, seen }) };
}

function sayMoved(split: Split): string {
  return `traffic was moved by another hand: it is ${describeSplit(split)} now`;
}
