import { type Api, InputFile } from 'grammy';
import type { Clock } from '../plan/clock.ts';
import type { Act, Actor } from '../rollout/answers.ts';
import type { Command } from '../rollout/commands.ts';
import type { Engine } from '../rollout/engine.ts';
import type { Who } from '../rollout/events.ts';
import type { Rollout } from '../rollout/state.ts';
import { rolloutOfGate } from './buttons.ts';
import type { BotContext } from './context.ts';
import type { Overruling } from './dialogue.ts';
import { html, shorten } from './html.ts';
import { actorFor, actorOf } from './people.ts';
import type { DrawChart } from './publisher.ts';
import type { Team } from './team/team.ts';
import { clockTime, figures } from './views/words.ts';

/** What the handlers can have done for people. */
export interface Desk {
  readonly team: Team;
  now(): number;
  actor(ctx: BotContext): Actor | undefined;
  find(id: string): Rollout | undefined;
  rollouts(): readonly Rollout[];
  act(id: string, command: Command, actor: Actor): Promise<Act>;
  overrule(overruling: Overruling, reason: string): Promise<Act>;
  /** Sends the figures and the last error logs of a rollout to its chat. */
  showEvidence(rollout: Rollout): Promise<void>;
  /** An attempt by somebody who may not, that no rollout has a journal for. */
  refused(by: Who, attempt: string): void;
}

const LOG_LINES = 8;

export interface ErrorLine {
  readonly at: number;
  readonly text: string;
}

export interface DeskOptions {
  readonly engine: Engine;
  readonly team: Team;
  readonly clock: Clock;
  readonly api: Api;
  readonly drawChart: DrawChart;
  /** The newest error logs of the new version. */
  readonly errorLogs: (rollout: Rollout, limit: number) => Promise<readonly ErrorLine[]>;
  readonly note: (details: object, message: string) => void;
}

/** The desk that the handlers turn to, backed by the engine. */
export function createDesk(options: DeskOptions): Desk {
  const { engine, team, clock, note } = options;
  return {
    team,
    now: () => clock.now(),
    actor: (ctx) => actorOf(ctx, team.members()),
    find: (id) => engine.get(id),
    rollouts: () => engine.all(),
    act: (id, command, actor) => engine.act(id, command, actor),
    overrule({ gate, revision, actor }, reason) {
      const command = { type: 'answer', gate, revision, answer: 'overrule', reason } as const;
      // Writing the reason took a while: the role may be gone.
      return engine.act(rolloutOfGate(gate), command, actorFor(actor, team.members()));
    },
    showEvidence: (rollout) => showEvidence(rollout, options),
    refused: (by, attempt) => note({ id: by.id, name: by.name, attempt }, 'refused: no such role'),
  };
}

async function showEvidence(rollout: Rollout, { api, drawChart, errorLogs }: DeskOptions): Promise<void> {
  const [picture, lines] = await Promise.all([drawChart(rollout), errorLogs(rollout, LOG_LINES)]);
  const logs = lines.map((line) => html`${clockTime(line.at)} <code>${shorten(line.text, 90)}</code>`);
  const text = html`<b>${rollout.service}: ${rollout.version}</b>
${rollout.verdict ? figures(rollout.verdict) : 'No figures yet.'}
${lines.length === 0 ? 'No error logs.' : 'The newest error logs:'}
${logs}`.text;
  const where = {
    parse_mode: 'HTML' as const,
    ...(rollout.chat.topic && { message_thread_id: rollout.chat.topic }),
  };
  if (picture) {
    await api.sendPhoto(rollout.chat.id, new InputFile(picture, 'figures.png'), { caption: text, ...where });
  } else await api.sendMessage(rollout.chat.id, text, where);
}
