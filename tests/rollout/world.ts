import { openGate, type Split, sameSplit } from '../../src/plan/split.ts';
import type { ChecklistItem } from '../../src/plan/terms.ts';
import type { Answer, Verdict } from '../../src/plan/verdict.ts';
import type { Actor } from '../../src/rollout/answers.ts';
import { type Command, weigh } from '../../src/rollout/commands.ts';
import { decide } from '../../src/rollout/decide.ts';
import type { Draft } from '../../src/rollout/draft.ts';
import type { CronChange, Effect, Event, Fact, Topic } from '../../src/rollout/events.ts';
import { evolve } from '../../src/rollout/evolve.ts';
import type { Bar } from '../../src/rollout/guard.ts';
import { observationDue } from '../../src/rollout/observation.ts';
import { type Mark, versionsOfInterest, whatIsSeen } from '../../src/rollout/sighting.ts';
import type { Rollout } from '../../src/rollout/state.ts';

export const MINUTE = 60_000;
export const DAY = 24 * 60 * MINUTE;
export const START = Date.UTC(2026, 0, 5, 12);

export const ADA: Actor = { id: 1, name: 'Ada', roles: ['operator', 'approver'] };
export const BEN: Actor = { id: 2, name: 'Ben', roles: ['approver'] };
export const CLEO: Actor = { id: 3, name: 'Cleo', roles: [] };
export const DORA: Actor = { id: 4, name: 'Dora', roles: ['approver'] };
export const PEOPLE = [ADA, BEN, CLEO, DORA] as const;

/** A required item of the checklist, ticked by hand. */
export function item(text: string, more: Partial<ChecklistItem> = {}): ChecklistItem {
  return { text, required: true, within: MINUTE, ...more };
}

export const DRAFT: Draft = {
  id: 'abc',
  service: 'default',
  version: 'v2',
  source: { kind: 'folder', path: 'app' },
  chat: { id: -100 },
  terms: {
    home: 'app',
    steps: [
      { traffic: 100, watch: 30 * MINUTE },
      { traffic: 500, watch: 30 * MINUTE },
      { traffic: 1000, watch: 0 },
    ],
    shardBy: 'RANDOM',
    checklist: [{ title: 'One', items: [item('first'), item('second')] }],
    validation: { checks: [], commands: [] },
    clone: false,
    smoke: [{ path: '/', status: 200, within: 10_000 }],
    verify: [],
    approval: {
      needed: 1,
      twoPerson: true,
      expires: 120 * MINUTE,
      remind: 30 * MINUTE,
      hold: 15 * MINUTE,
      emergency: true,
    },
    watching: { lag: 4 * MINUTE, figures: true, commands: [] },
    announce: { chat: true, deployed: [], rolledBack: [] },
    afterCare: {
      at: '09:00',
      zone: 'UTC',
      rounds: [
        { name: 'Hourly', every: 'hour', for: DAY, checks: [], tasks: [] },
        { name: 'Daily', every: 'day', for: 7 * DAY, checks: [], tasks: ['Look at the figures'] },
        { name: 'Quarterly', every: 'quarter', checks: [], tasks: ['Look at the whole'] },
      ],
    },
    success: { after: 7 * DAY, criteria: [{ text: 'It serves.', checks: [] }] },
    contingency: [
      { text: 'Find out why', within: 2 * DAY },
      { text: 'Go back', within: 7 * DAY, offer: 'rollback' },
    ],
  },
};

export function verdictOf(answer: Answer, through: number): Verdict {
  const side = { requests: 100, errors: 0 };
  return { answer, reasons: [`It is ${answer}.`], canary: side, baseline: side, through };
}

/** What the outside does to an effect that is under way. */
export type Fate = 'done' | 'failed' | 'drift';

/** A rollout played by hand: the pure heart, a split that stands for App Engine, and a clock. */
export class World {
  now = START;
  live: Split = { shardBy: 'UNSPECIFIED', shares: { v1: 1000 } };
  /** The team as it is now. */
  team: readonly Actor[] = PEOPLE;
  /** The versions that App Engine has. */
  versions: Record<string, Mark | null> = {
    v0: { created: 1, serving: true },
    v1: { created: 2, serving: true },
    v2: { created: 3, serving: true },
  };
  /** What keeps releases back. */
  bar: Bar | undefined;
  /** What cron.yaml would change. */
  cron: CronChange = { create: [], remove: [], same: 2 };
  readonly journal: Event[] = [];
  /** Every move of traffic, with the journal as it was when the move began. */
  readonly moves: { readonly from: Split; readonly to: Split; readonly known: readonly Event[] }[] = [];
  #rollout: Rollout;

  constructor(draft: Draft = DRAFT) {
    const event: Event = { type: 'started', draft, by: ADA, at: this.now };
    this.journal.push(event);
    this.#rollout = evolve(undefined, event);
    this.settle();
  }

  get rollout(): Rollout {
    return this.#rollout;
  }

  record(...facts: Fact[]): void {
    for (const fact of facts) {
      const event = { ...fact, at: this.now };
      this.journal.push(event);
      this.#rollout = evolve(this.#rollout, event);
    }
  }

  /** Records whatever follows from state and time, and intends the effect that is due. */
  settle(): void {
    for (let n = 0; n < 50; n++) {
      const decision = decide(this.#rollout, this.now, this.bar);
      if (decision.do === 'record') this.record(decision.fact);
      else if (decision.do === 'run' && !decision.intended) {
        this.record({ type: 'effect-intended', effect: decision.effect });
      } else return;
    }
    throw new Error(`The rollout never comes to rest at stage ${this.#rollout.stage.at}.`);
  }

  wait(ms: number): void {
    this.now += ms;
    this.settle();
  }

  act(command: Command, actor: Actor): boolean {
    const act = weigh(this.#rollout, command, actor, {
      now: this.now,
      rolesOf: (id) => this.team.find((one) => one.id === id)?.roles ?? [],
      ...(this.bar && { bar: this.bar }),
    });
    this.record(...act.facts);
    this.settle();
    return !act.refused;
  }

  /** Somebody presses a button of the newest question of that kind. */
  answer(kind: Topic['kind'], answer: string, actor: Actor, reason?: string): boolean {
    const gate = this.#rollout.gates.findLast((g) => g.topic.kind === kind);
    if (!gate) return false;
    const { id, revision } = gate;
    return this.act({ type: 'answer', gate: id, revision, answer, ...(reason && { reason }) }, actor);
  }

  judge(answer: Answer): void {
    const window = observationDue(this.#rollout, this.now);
    const { rehearsal } = this.#rollout.terms.watching;
    const verdict = { ...verdictOf(answer, window?.to ?? 0), ...(rehearsal && { rehearsal }) };
    if (window) this.record({ type: 'judged', verdict });
    this.settle();
  }

  /** The bot looks whether the world is as the journal says. */
  patrol(): void {
    const ids = versionsOfInterest(this.#rollout);
    const versions = Object.fromEntries(ids.map((id) => [id, this.versions[id] ?? null]));
    this.record(...whatIsSeen(this.#rollout, { split: this.live, versions }));
    this.settle();
  }

  /** The effect under way, if any, ends as it is fated to. */
  finish(fate: Fate): void {
    const effect = this.#rollout.pending?.effect;
    if (!effect) return;
    if (fate === 'failed')
      this.record({ type: 'effect-failed', effect: effect.id, problem: 'It did not work.' });
    else if (effect.kind === 'set-split') this.#move(effect, fate);
    else this.record(this.#outcome(effect));
    this.settle();
  }

  #outcome(effect: Exclude<Effect, { kind: 'set-split' }>): Fact {
    const { id } = effect;
    const checks = [{ name: 'it', ok: true, detail: 'works' }];
    switch (effect.kind) {
      case 'run-item':
        return { type: 'item-ran', effect: id, item: effect.item, ok: true, detail: '', output: 'fine' };
      case 'validate':
        return { type: 'validated', effect: id, checks };
      case 'back-up':
        return { type: 'backed-up', effect: id, split: this.live, backup: 'backups/abc' };
      case 'deploy':
        return { type: 'deployed', effect: id, versionUrl: 'http://v2', files: 1, uploaded: 1, changes: [] };
      case 'compare-cron':
        return { type: 'cron-compared', effect: id, change: this.cron };
      case 'deploy-cron':
        return { type: 'cron-deployed', effect: id, change: this.cron };
      case 'verify':
        return { type: 'verified', effect: id, checks };
      case 'put-back':
        return { type: 'put-back', effect: id, checks };
      case 'announce':
        return { type: 'announced', effect: id, what: effect.what, checks };
      case 'look-after': {
        const { round, from, due, missed } = effect;
        return { type: 'looked-after', effect: id, round, from, due, missed, readings: [] };
      }
      case 'assess': {
        const { from, to } = effect;
        const readings = this.#rollout.terms.success.criteria.map(() => []);
        return { type: 'assessed', effect: id, from, to, readings };
      }
    }
  }

  #move(effect: Extract<Effect, { kind: 'set-split' }>, fate: Fate): void {
    if (fate === 'drift') this.live = { shardBy: 'IP', shares: { v1: 700, v0: 300 } };
    const known =
      sameSplit(this.live, effect.to) || effect.accept.some((split) => sameSplit(split, this.live));
    if (!known) {
      this.record({ type: 'drifted', live: this.live });
      return;
    }
    this.moves.push({ from: this.live, to: effect.to, known: [...this.journal] });
    this.live = effect.to;
    this.record({ type: 'split-set', effect: effect.id, split: effect.to });
  }

  /** Through the checklist and the preparation to the first question. */
  prepare(): void {
    this.act({ type: 'mark', items: ['1.1', '1.2'], mark: { kind: 'done' } }, ADA);
    for (let n = 0; n < 5; n++) this.finish('done');
  }

  /** Approves the next step and sits its window out with this verdict. */
  open(answer: Answer = 'good'): void {
    this.answer('promote', 'yes', BEN);
    this.finish('done');
    for (let minute = 0; minute < 40; minute++) {
      this.wait(MINUTE);
      this.judge(answer);
    }
  }
}

/** The share of the new version that a split gives, in thousandths. */
export function shareOf(split: Split): number {
  return split.shares.v2 ?? 0;
}

export { openGate };
