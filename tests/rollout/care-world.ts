import type { Criterion, FollowUpStep, Probe, Reading, Round } from '../../src/plan/terms.ts';
import type { Care, Digest } from '../../src/rollout/care.ts';
import type { Effect, Fact } from '../../src/rollout/events.ts';
import { fold } from '../../src/rollout/evolve.ts';
import { ADA, BEN, DAY, DRAFT, START, World } from './world.ts';

export const HOUR = DAY / 24;
/** How long after a due time its figures are complete. */
export const LAG = DRAFT.terms.watching.lag;

export type Look = Extract<Effect, { kind: 'look-after' | 'assess' }>;

export interface CarePlan {
  readonly rounds?: readonly Round[];
  readonly criteria?: readonly Criterion[];
  readonly steps?: readonly FollowUpStep[];
  readonly zone?: string;
  /** When the release is fully out. */
  readonly begun?: number;
}

export const ERRORS: Probe = { name: 'errors', kind: 'errors', atMost: 0.01 };

export function round(name: string, every: Round['every'], more: Partial<Round> = {}): Round {
  return { name, every, checks: [], tasks: [], ...more };
}

/** A release whose traffic is fully moved, and the time after it. */
export class CareWorld extends World {
  /** What looking finds; by default every check is good. */
  find: (probe: Probe, window: { from: number; to: number }) => Reading = ({ name }) => ({
    name,
    answer: 'good',
    detail: 'as it should be',
  });
  /** Looks that were taken, in order. */
  readonly looks: Look[] = [];

  constructor(plan: CarePlan = {}) {
    const { rounds = [], criteria = [], steps = [], zone = 'UTC', begun = START } = plan;
    const terms = {
      ...DRAFT.terms,
      steps: [{ traffic: 1000, watch: 0 }],
      checklist: [],
      afterCare: { at: '09:00', zone, rounds },
      success: { after: 7 * DAY, criteria },
      contingency: steps,
    };
    super({ ...DRAFT, terms });
    this.now = begun;
    for (let n = 0; n < 5; n++) this.finish('done');
    this.answer('promote', 'yes', BEN);
    this.finish('done');
  }

  get care(): Care {
    const { care } = this.rollout;
    if (!care) throw new Error(`There is no after-care at stage ${this.rollout.stage.at}.`);
    return care;
  }

  get digests(): readonly Digest[] {
    return this.care.digests;
  }

  /** The look that is intended and not yet taken. */
  get intended(): Look | undefined {
    const effect = this.rollout.pending?.effect;
    return effect?.kind === 'look-after' || effect?.kind === 'assess' ? effect : undefined;
  }

  /** Takes every look that is due. */
  look(): void {
    for (let looks = 0; this.intended; looks++) {
      if (looks > 100) throw new Error('There is always one more look.');
      this.lookOnce();
    }
  }

  lookOnce(): void {
    const effect = this.intended;
    if (!effect) return;
    this.looks.push(effect);
    this.record(this.#found(effect));
    this.settle();
  }

  /** The bot is awake: it looks whenever something is due. */
  pass(ms: number, pace = 15 * 60_000): void {
    const end = this.now + ms;
    while (this.now < end) {
      this.wait(Math.min(pace, end - this.now));
      this.look();
    }
  }

  /** The bot is not awake. */
  sleep(ms: number): void {
    this.now += ms;
  }

  wake(): void {
    this.settle();
    this.look();
  }

  /** What the journal alone makes of it. */
  reread(): CareWorld['rollout'] {
    return fold(this.journal);
  }

  remembered(kind: 'tasks' | 'criteria' | 'follow-up'): number {
    return this.journal.filter((event) => event.type === 'reminded' && event.of.kind === kind).length;
  }

  rollBack(): void {
    this.act({ type: 'roll-back', reason: 'Too few signals.' }, ADA);
    this.answer('roll-back', 'yes', ADA);
  }

  #found(effect: Look): Fact {
    const { afterCare, success } = this.rollout.terms;
    if (effect.kind === 'look-after') {
      const { id, round, from, due, missed } = effect;
      const probes = afterCare.rounds[round]?.checks ?? [];
      const readings = probes.map((probe) => this.find(probe, { from, to: due }));
      return { type: 'looked-after', effect: id, round, from, due, missed, readings };
    }
    const { id, from, to } = effect;
    const readings = success.criteria.map(({ checks }) => checks.map((c) => this.find(c, { from, to })));
    return { type: 'assessed', effect: id, from, to, readings };
  }
}

/** What a reading is when the figure is not as asked for. */
export function off(name: string, detail = '3.2 %, asked for at most 1 %'): Reading {
  return { name, answer: 'off', detail };
}

export function unknown(name: string, detail = 'No data.'): Reading {
  return { name, answer: 'unknown', detail };
}
