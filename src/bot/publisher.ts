import type { Clock } from '../plan/clock.ts';
import type { Gate, Rollout } from '../rollout/state.ts';
import type { Outbox, Post } from './outbox.ts';
import type { Team } from './team/team.ts';
import { card } from './views/card.ts';
import { notice } from './views/notice.ts';
import { question } from './views/question.ts';

/** Draws the figures of a rollout's present window; undefined when there are none to draw. */
export type DrawChart = (rollout: Rollout) => Promise<Uint8Array | undefined>;

export interface Publisher {
  /** Makes the chat say what the journal says. */
  publish(rollout: Rollout): void;
  /** A passing line for the card. */
  progress(rollout: Rollout, line: string): void;
}

/** Turns a rollout into the messages that should stand in its chat: the card, its questions, its end. */
export function createPublisher(
  outbox: Outbox,
  team: Pick<Team, 'members'>,
  clock: Clock,
  drawChart: DrawChart,
): Publisher {
  const latest = new Map<string, { rollout: Rollout; progress?: { stage: string; line: string } }>();

  function show(rollout: Rollout): void {
    outbox.show(rollout.id, rollout.chat, () => posts(latest.get(rollout.id) ?? { rollout }));
  }

  function posts({
    rollout,
    progress,
  }: {
    rollout: Rollout;
    progress?: { stage: string; line: string };
  }): Post[] {
    const line = progress?.stage === rollout.stage.at ? progress.line : undefined;
    const moment = { now: clock.now(), ...(line && { progress: line }) };
    const end = notice(rollout);
    return [
      // While the checklist is walked its sections are what people look at; the card follows below them.
      { key: 'card', view: card(rollout, moment), loud: false, fresh: rollout.stage.at !== 'checklist' },
      ...rollout.gates.map((gate) => questionPost(rollout, gate)),
      ...(end ? [{ key: `end-${rollout.stage.at}`, view: end, loud: true, fresh: true }] : []),
    ];
  }

  function questionPost(rollout: Rollout, gate: Gate): Post {
    const picture = gate.topic.kind === 'promote' && gate.verdict ? () => drawChart(rollout) : undefined;
    return {
      key: `${gate.id}-${gate.revision}`,
      view: question(rollout, gate, team.members()),
      loud: true,
      fresh: gate.outcome === undefined,
      ...(picture && { picture }),
    };
  }

  return {
    publish(rollout) {
      if (rollout.closed) {
        latest.delete(rollout.id);
        outbox.forget(rollout.id);
        return;
      }
      latest.set(rollout.id, { ...latest.get(rollout.id), rollout });
      show(rollout);
    },
    progress(rollout, line) {
      latest.set(rollout.id, { rollout, progress: { stage: rollout.stage.at, line } });
      show(rollout);
    },
  };
}
