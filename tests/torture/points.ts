/** A place at which the process can be made to die. */
export interface Point {
  /** What it is about to do, or has done: `admin services.patch`, `rename journal`. */
  readonly kind: string;
  /** `before` it, `after` it but before the process learns of it, or with `half` of a line on the disk. */
  readonly moment: 'before' | 'after' | 'half';
  /** What the journal said last at that time. */
  readonly step: string;
  /** Which one of its kind and moment in that step, from 1 on. */
  readonly nth: number;
}

export type Moment = Point['moment'];

export function sayPoint({ kind, moment, step, nth }: Point): string {
  return `${moment} ${kind}${nth > 1 ? ` (${nth})` : ''} · ${step}`;
}

/** Notes every point that the process passes, and says at which of them it is to die, once. */
export class Points {
  readonly passed: Point[] = [];
  readonly #counts = new Map<string, number>();
  readonly #step: () => string;
  #target: Point | undefined;
  #open = false;

  /** @param step what the journal says now. */
  constructor(step: () => string, target?: Point) {
    this.#step = step;
    this.#target = target;
  }

  /** From now on points count. */
  open(): void {
    this.#open = true;
  }

  /** Whether the process has died at its point. */
  get struck(): boolean {
    return this.#open && this.#target === undefined;
  }

  /** @returns whether the process is to die here. */
  pass(kind: string, moment: Moment): boolean {
    if (!this.#open) return false;
    const step = this.#step();
    const place = `${moment} ${kind} ${step}`;
    const nth = (this.#counts.get(place) ?? 0) + 1;
    this.#counts.set(place, nth);
    const point = { kind, moment, step, nth };
    this.passed.push(point);
    if (!this.#target || sayPoint(this.#target) !== sayPoint(point)) return false;
    this.#target = undefined;
    return true;
  }

  /**
   * Whether half of the line that is about to be appended is to be written: only where the process is to die of it, at
   * the very point that was passed last.
   */
  diesOfHalf(): boolean {
    const at = this.passed.at(-1);
    if (!at || this.#target?.moment !== 'half') return false;
    return sayPoint({ ...at, moment: 'half' }) === sayPoint(this.#target);
  }

  /** Half of that line is on the disk: it dies. */
  strikeHalf(): void {
    this.#target = undefined;
  }
}
