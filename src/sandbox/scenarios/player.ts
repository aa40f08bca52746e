import type { Trouble } from '../app-engine/troubles.ts';
import { type Controls, WrongOrder } from '../panel/controls.ts';
import type { Play } from '../panel/state.ts';
import type { Act, Deed, Scenario } from './scenario.ts';

/** Real milliseconds between two looks at what has happened. */
const LOOK_MS = 100;
/** Shares of the traffic that differ by less are the same. */
const HAIR = 1e-6;

/** The service that is released. */
const SERVICE = 'default';

type Split = Readonly<Record<string, number>>;

interface Staged {
  readonly act: Act;
  /** When its moment came, by the sandbox's clock. */
  came?: number;
  begun?: number;
  over: boolean;
}

interface Stage {
  readonly scenario: Scenario;
  readonly before: Split;
  readonly acts: readonly Staged[];
  /** Rules of its own that stand. */
  readonly rules: number[];
  readonly told: { at: number; say: string }[];
  /** The version that is let out, once it has traffic. */
  fresh?: string | undefined;
  ended?: { at: number; well: boolean; say: string };
}

/** Plays a scenario: looks at the local App Engine, does what is due, and says how it ended. */
export class Player {
  readonly #controls: Controls;
  readonly #log: (line: string) => void;
  #stage: Stage | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(controls: Controls, log: (line: string) => void) {
    this.#controls = controls;
    this.#log = log;
  }

  /** The scenario that is played or was played last. */
  get play(): Play | undefined {
    if (!this.#stage) return undefined;
    const { scenario, told, ended } = this.#stage;
    const { name, title, see, decide, should } = scenario;
    return { name, title, see, decide, should, told: [...told], ...(ended && { ended }) };
  }

  /** Begins in a calm world; what was played before is over. */
  begin(scenario: Scenario): void {
    this.stop();
    this.#controls.calm();
    const acts = scenario.acts.map((act) => ({ act, over: false }));
    this.#stage = { scenario, before: this.#split(), acts, rules: [], told: [] };
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
    this.#look();
  }

  /** What it has done to the world ends with it. */
  stop(): void {
    clearInterval(this.#timer);
    if (this.#stage && !this.#stage.ended) this.#controls.calm();
    this.#stage = undefined;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const stage = this.#stage;
    if (!stage) return;
    const now = this.#controls.clock.now();
    const split = this.#split();
    stage.fresh ??= Object.keys(split).find((id) => !(id in stage.before));
    for (const staged of stage.acts) if (!staged.over) this.#advance(stage, staged, split, now);
    this.#end(stage, split, now);
  }

  #advance(stage: Stage, staged: Staged, split: Split, now: number): void {
    const { when, after = 0, deed, say } = staged.act;
    if (staged.came === undefined && this.#comes(stage, when, split)) staged.came = now;
    if (staged.came === undefined || now < staged.came + after) return;
    if (staged.begun === undefined) {
      staged.begun = now;
      stage.told.push({ at: now, say });
    }
    const part = deed?.do === 'errors' && deed.over > 0 ? Math.min(1, (now - staged.begun) / deed.over) : 1;
    staged.over = part === 1;
    if (deed) this.#carryOut(stage, deed, part, split);
  }

  #comes(stage: Stage, when: Act['when'], split: Split): boolean {
    switch (when.on) {
      case 'start':
        return true;
      case 'share':
        return stage.fresh !== undefined && (split[stage.fresh] ?? 0) >= when.atLeast - HAIR;
      case 'struck':
        return this.#controls.faults.list().some(({ id, hits }) => hits > 0 && stage.rules.includes(id));
    }
  }

  #carryOut(stage: Stage, deed: Deed, part: number, split: Split): void {
    const controls = this.#controls;
    const { fresh = '' } = stage;
    const [old = ''] = Object.keys(stage.before);
    switch (deed.do) {
      case 'errors': {
        const errors = deed.from + (deed.to - deed.from) * part;
        for (const id of deed.of === 'all' ? Object.keys(split) : [fresh]) this.#trouble(id, { errors });
        return;
      }
      case 'slow':
        this.#trouble(fresh, { slow: { ms: deed.ms, share: deed.share } });
        return;
      case 'heal':
        for (const { id } of this.#versions()) this.#trouble(id, {});
        return;
      case 'load':
        controls.setLoad(deed.perSecond);
        return;
      case 'move':
        controls
          .move(SERVICE, { [old]: Math.round((1 - deed.share) * 1000) / 1000, [fresh]: deed.share })
          .catch((error: Error) => this.#stumble(stage, error));
        return;
      case 'kill-bot':
        this.#killBot(stage);
        return;
      case 'fault':
        stage.rules.push(controls.faults.add(deed.rule, 'app-engine').id);
        return;
      case 'mend':
        for (const id of stage.rules.splice(0)) controls.faults.clear(id);
    }
  }

  #killBot(stage: Stage): void {
    try {
      this.#controls.killBot();
    } catch (error) {
      if (!(error instanceof WrongOrder)) throw error;
      this.#stumble(stage, error);
    }
  }

  #end(stage: Stage, split: Split, now: number): void {
    const { fresh, scenario, acts } = stage;
    if (fresh === undefined) return;
    const on = (split[fresh] ?? 0) >= 1 - HAIR ? 'out' : same(split, stage.before) ? 'back' : undefined;
    const early = acts.some(({ begun }) => begun === undefined);
    const ending = scenario.endings.find((one) => one.on === on && (!one.early || early));
    if (!ending) return;
    clearInterval(this.#timer);
    stage.ended = { at: now, well: ending.well, say: ending.say };
    this.#controls.calm();
  }

  #trouble(version: string, trouble: Trouble): void {
    // One that somebody has deleted meanwhile has none.
    if (this.#versions().some(({ id }) => id === version))
      this.#controls.setTrouble(SERVICE, version, trouble);
  }

  #stumble(stage: Stage, error: Error): void {
    this.#log(`The scenario ${stage.scenario.name} could not go on as written: ${error.message}`);
    stage.told.push({ at: this.#controls.clock.now(), say: error.message });
  }

  #versions() {
    return this.#controls.services().find(({ id }) => id === SERVICE)?.versions ?? [];
  }

  #split(): Split {
    const shares = this.#versions().filter(({ share }) => share > 0);
    return Object.fromEntries(shares.map(({ id, share }) => [id, share]));
  }
}

function same(a: Split, b: Split): boolean {
  const ids = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...ids].every((id) => Math.abs((a[id] ?? 0) - (b[id] ?? 0)) < HAIR);
}
