import { openGate, type Split, sameSplit } from '../../src/plan/split.ts';
import type { Answer, Verdict } from '../../src/plan/verdict.ts';
import type { Actor } from '../../src/rollout/answers.ts';
import { type Command, weigh } from '../../src/rollout/commands.ts';
import { decide, observationDue } from '../../src/rollout/decide.ts';
import type { Draft, Event, Fact } from '../../src/rollout/events.ts';
import { evolve } from '../../src/rollout/evolve.ts';
import type { Rollout } from '../../src/rollout/state.ts';

export const MINUTE = 60_000;
export const START = Date.UTC(2026, 0, 5, 12);

export const ADA: Actor = { id: 1, name: 'Ada', roles: ['operator', 'approver'] };
export const BEN: Actor = { id: 2, name: 'Ben', roles: ['approver'] };
export const CLEO: Actor = { id: 3, name: 'Cleo', roles: [] };
export const DORA: Actor = { id: 4, name: 'Dora', roles: ['approver'] };
export const PEOPLE = [ADA, BEN, CLEO, DORA] as const;

export const DRAFT: Draft = {
  id: 'abc',
  service: 'default',
  version: 'v2',
  source: { kind: 'folder', path: 'app' },
  chat: { id: -100 },
  terms: {
    steps: [
      { traffic: 100, watch: 30 * MINUTE },
      { traffic: 500, watch: 30 * MINUTE },
      { traffic: 1000, watch: 0 },
    ],
    shardBy: 'RANDOM',
    checklist: [{ title: 'One', items: ['first', 'second'] }],
    smoke: [{ path: '/', status: 200, within: 10_000 }],
    approval: { needed: 1, twoPerson: true, expires: 120 * MINUTE, hold: 15 * MINUTE },
    lag: 4 * MINUTE,
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
      const decision = decide(this.#rollout, this.now);
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
    const act = weigh(this.#rollout, command, actor);
    this.record(...act.facts);
    this.settle();
    return !act.refused;
  }

  /** Somebody presses a button of the newest question of that kind. */
  answer(
    kind: 'promote' | 'roll-back' | 'stuck' | 'drift',
    answer: string,
    actor: Actor,
    reason?: string,
  ): boolean {
    const gate = this.#rollout.gates.findLast((g) => g.topic.kind === kind);
    if (!gate) return false;
    const { id, revision } = gate;
    return this.act({ type: 'answer', gate: id, revision, answer, ...(reason && { reason }) }, actor);
  }

  judge(answer: Answer): void {
    const window = observationDue(this.#rollout, this.now);
    if (window) this.record({ type: 'judged', verdict: verdictOf(answer, window.to) });
    this.settle();
  }

  /** The effect under way, if any, ends as it is fated to. */
  finish(fate: Fate): void {
    const effect = this.#rollout.pending?.effect;
    if (!effect) return;
    if (fate === 'failed')
      this.record({ type: 'effect-failed', effect: effect.id, problem: 'It did not work.' });
    else if (effect.kind === 'back-up') {
      this.record({ type: 'backed-up', effect: effect.id, split: this.live, backup: 'backups/abc' });
    } else if (effect.kind === 'deploy') {
      this.record({ type: 'deployed', effect: effect.id, versionUrl: 'http://v2', files: 1, uploaded: 1 });
    } else if (effect.kind === 'verify') {
      this.record({
        type: 'verified',
        effect: effect.id,
        checks: [{ name: 'it', ok: true, detail: 'works' }],
      });
    } else {
      if (fate === 'drift') this.live = { shardBy: 'IP', shares: { v1: 700, v0: 300 } };
      const known =
        sameSplit(this.live, effect.to) || effect.accept.some((split) => sameSplit(split, this.live));
      if (!known) this.record({ type: 'drifted', live: this.live });
      else {
        this.moves.push({ from: this.live, to: effect.to, known: [...this.journal] });
        this.live = effect.to;
        this.record({ type: 'split-set', effect: effect.id, split: effect.to });
      }
    }
    this.settle();
  }

  /** Through the checklist and the preparation to the first question. */
  prepare(): void {
    this.act({ type: 'mark', items: ['1.1', '1.2'], mark: { kind: 'done' } }, ADA);
    for (let n = 0; n < 3; n++) this.finish('done');
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
