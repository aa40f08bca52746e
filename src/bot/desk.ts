import type { Clock } from '../plan/clock.ts';
import type { Act, Actor, Circumstances } from '../rollout/answers.ts';
import { itemId } from '../rollout/checklist.ts';
import { type Command, weigh } from '../rollout/commands.ts';
import type { Who } from '../rollout/draft.ts';
import type { Engine } from '../rollout/engine.ts';
import type { Bar, Guard } from '../rollout/guard.ts';
import type { Store } from '../rollout/ports.ts';
import type { Rollout } from '../rollout/state.ts';
import { createAllowance } from './allowance.ts';
import { type Evidence, keepEvidence } from './checklist/evidence.ts';
import type { BotContext } from './context.ts';
import type { Plea, Remark } from './dialogue.ts';
import { createFiguresAndLogs, type FiguresAndLogs, type FiguresAndLogsOptions } from './figures-and-logs.ts';
import { actorFor, actorOf } from './people.ts';
import type { Publisher } from './publisher.ts';
import { commandOf } from './reason.ts';
import type { Team } from './team/team.ts';

/** What the handlers can have done for people. */
export interface Desk {
  readonly team: Team;
  now(): number;
  actor(ctx: BotContext): Actor | undefined;
  find(id: string): Rollout | undefined;
  rollouts(): readonly Rollout[];
  /** What keeps the service's releases back now. */
  bar(service: string): Bar | undefined;
  /** Has it done with the roles that the person has at this moment: writing a reason takes a while. */
  act(id: string, command: Command, by: Who): Promise<Act>;
  /** Undefined when nothing but a written reason is missing; else what came of it without one. */
  actUnlessWordsLack(plea: Plea): Promise<Act | undefined>;
  /** Keeps a note or a file for the item of that number, counted from one. @returns a sentence */
  note(remark: Remark, number: number, evidence: Evidence): Promise<string>;
  /** Puts a section of the checklist at the end of the chat. */
  showSection(rollout: Rollout, section: number): void;
  /** The figures and the last error logs of a rollout, for its chat. */
  readonly figuresAndLogs: FiguresAndLogs;
  /** An attempt by somebody who may not, that no rollout has a journal for. */
  refused(by: Who, attempt: string): void;
  /** As {@link refused}, where there are so many that they are only counted. */
  overlooked(by: Who, attempt: string): void;
  /** Whether the team or one of its rollouts is at home in this chat. */
  isHome(chat: number | undefined): boolean;
  /** Something failed that no one waits for. */
  failed(what: string, error: unknown): void;
}

/** Refused attempts of one person and minute, and of all, that each go into the rollout's journal; more are counted. */
const REFUSALS_EACH = 20;
const REFUSALS = 200;

export interface DeskOptions extends FiguresAndLogsOptions {
  readonly engine: Engine;
  readonly team: Team;
  readonly guard: Pick<Guard, 'bar'>;
  readonly store: Pick<Store, 'keep'>;
  readonly publisher: Pick<Publisher, 'showSection'>;
  readonly clock: Clock;
  /** The number under which a chat is found today. */
  readonly follow: (chat: number) => number;
  readonly note: (details: object, message: string) => void;
  /** Puts an attempt that no journal has on record. */
  readonly refused: (by: Who, attempt: string) => void;
}

/** The desk that the handlers turn to, backed by the engine. */
export function createDesk(options: DeskOptions): Desk {
  const { engine, team, guard, publisher, clock, note } = options;
  const bar = (service: string) => guard.bar(service, clock.now());
  const refusals = createAllowance(options.peoplesClock, REFUSALS_EACH, REFUSALS);
  const act = async (id: string, command: Command, by: Who) => {
    const actor = actorFor(by, team.members());
    const rollout = engine.get(id);
    const trial = rollout && weigh(rollout, command, actor, circumstances(rollout.service, options));
    // Whoever tries without pause gets an answer each time, and a journal that does not grow by it.
    if (trial?.refused && !refusals.take(by.id)) {
      options.refused(by, `${command.type}: ${trial.say}`);
      return { ...trial, facts: [] };
    }
    return engine.act(id, command, actor);
  };
  return {
    team,
    now: () => clock.now(),
    actor: (ctx) => actorOf(ctx, team.members()),
    find: (id) => engine.get(id),
    rollouts: () => engine.all(),
    bar,
    act,
    async actUnlessWordsLack(plea) {
      const rollout = engine.get(plea.rollout);
      const actor = actorFor(plea.by, team.members());
      const trial =
        rollout &&
        weigh(rollout, commandOf(plea, 'Some reason.'), actor, circumstances(rollout.service, options));
      return trial && !trial.refused ? undefined : act(plea.rollout, commandOf(plea, ''), plea.by);
    },
    note: (remark, number, evidence) => takeNote(remark, number, evidence, act, options),
    showSection: publisher.showSection,
    figuresAndLogs: createFiguresAndLogs(options),
    refused(by, attempt) {
      note({ id: by.id, name: by.name, attempt }, 'refused: no such role');
      options.refused(by, attempt);
    },
    overlooked: options.refused,
    isHome(chat) {
      if (chat === undefined) return false;
      return chat === team.chat() || engine.all().some((rollout) => options.follow(rollout.chat.id) === chat);
    },
    failed: options.failed,
  };
}

/** What an act is weighed against besides the rollout itself. */
function circumstances(service: string, { guard, clock, team }: DeskOptions): Circumstances {
  const now = clock.now();
  const bar = guard.bar(service, now);
  const rolesOf = (id: number) => actorFor({ id, name: '' }, team.members()).roles;
  return { now, rolesOf, ...(bar && { bar }) };
}

async function takeNote(
  { rollout: id, section, by }: Remark,
  number: number,
  evidence: Evidence,
  act: Desk['act'],
  options: DeskOptions,
): Promise<string> {
  const { engine, api, store, failed } = options;
  const item = itemId(section, number - 1);
  const trial = {
    type: 'note',
    item,
    note: { kind: 'text', text: evidence.file?.name ?? evidence.text },
  } as const;
  const before = engine.get(id);
  // Nothing is fetched for somebody who may not.
  if (
    !before ||
    weigh(before, trial, actorFor(by, options.team.members()), circumstances(before.service, options)).refused
  )
    return (await act(id, trial, by)).say;
  try {
    const note = await keepEvidence(evidence, { rollout: id, item }, api, store);
    const known =
      note.kind === 'file' &&
      engine
        .get(id)
        ?.checklist.notes[item]?.some((other) => other.kind === 'file' && other.kept === note.kept);
    return known ? 'Noted.' : (await act(id, { type: 'note', item, note }, by)).say;
  } catch (error) {
    failed(`the evidence for item ${item}`, error);
    return (error as Error).message;
  }
}
