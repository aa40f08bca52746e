import { join } from 'node:path';
import type { SandboxClock } from '../clock.ts';
import { bucketOf, type Distribution, merge } from './distribution.ts';
import type { Value } from './metrics.ts';
import { OpenMinute } from './open-minute.ts';
import { Segments } from './segments.ts';

export const MINUTE = 60_000;
/** Cloud Monitoring keeps weeks; a week's review and the days in which it may be late find theirs here. */
const KEPT_HOURS = 10 * 24;

/** What one version answered within one minute with one status, warm or cold. */
export interface Cell extends Distribution {
  readonly service: string;
  readonly version: string;
  readonly code: number;
  readonly loading: boolean;
}

export interface Gauge {
  readonly service: string;
  readonly version: string;
  readonly instances: number;
  /** Bytes. */
  readonly memory: number;
}

/** What log entries added up to within one minute, for one metric and one set of labels. */
export interface Tally {
  /** The metric's type. */
  readonly type: string;
  readonly service: string;
  readonly version: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: Value;
}

export interface Minute {
  /** Start of the minute, milliseconds of the sandbox's clock. */
  readonly at: number;
  readonly cells: readonly Cell[];
  readonly gauges: readonly Gauge[];
  /** Absent in what older programs wrote. */
  readonly tallies?: readonly Tally[];
}

interface OpenCell {
  readonly key: Pick<Cell, 'service' | 'version' | 'code' | 'loading'>;
  count: number;
  sum: number;
  squares: number;
  readonly buckets: Map<number, number>;
}

/** Counts responses per minute of the sandbox's clock. A minute is kept (for days) once it is over. */
export class Figures {
  readonly #clock: SandboxClock;
  readonly #closed: Segments<Minute>;
  readonly #gauges: () => readonly Gauge[];
  readonly #note: OpenMinute;
  #at = 0;
  #open = new Map<string, OpenCell>();
  #tallies = new Map<string, Tally>();
  #cancel = () => {};
  #ended = false;

  /** @param gauges asked for what is true at the end of each minute */
  constructor(folder: string, clock: SandboxClock, gauges: () => readonly Gauge[]) {
    this.#clock = clock;
    this.#gauges = gauges;
    this.#closed = new Segments(folder, {
      segment: 60,
      segments: KEPT_HOURS + 1,
      age: KEPT_HOURS * 60 * MINUTE,
      warm: 24,
    });
    this.#note = new OpenMinute(join(folder, 'open.json'), () => this.#minute());
    this.#begin();
    this.#resume();
  }

  /** @param latency real milliseconds from the request's arrival to the end of its answer */
  count(service: string, version: string, code: number, loading: boolean, latency: number): void {
    this.#turn();
    const key = { service, version, code, loading };
    let cell = this.#open.get(nameOf(key));
    if (!cell) {
      cell = { key, count: 0, sum: 0, squares: 0, buckets: new Map() };
      this.#open.set(nameOf(key), cell);
    }
    cell.count++;
    cell.sum += latency;
    cell.squares += latency * latency;
    const bucket = bucketOf(latency);
    cell.buckets.set(bucket, (cell.buckets.get(bucket) ?? 0) + 1);
    this.#touch();
  }

  /** Adds a number or a distribution to what its series has in this minute. */
  tally(one: Tally): void {
    this.#turn();
    const known = this.#tallies.get(keyOf(one));
    this.#tallies.set(keyOf(one), known ? { ...known, value: plus(known.value, one.value) } : one);
    this.#touch();
  }

  /** The minutes that are over and lie, by their end, in (from, to]; oldest first. */
  between(from: number, to: number): Minute[] {
    this.#turn();
    const found: Minute[] = [];
    for (const minute of this.#closed.backward()) {
      const end = minute.at + MINUTE;
      if (end <= from) break;
      if (end <= to) found.push(minute);
    }
    return found.toReversed();
  }

  /** The minute that is not over, as it is by now; its gauges are read when it ends. */
  unfinished(): Minute {
    this.#turn();
    return this.#minute();
  }

  /** Of the last minute that is over: requests per second and their mean latency in ms. */
  lately(service: string, version: string): { perSecond: number; meanLatency: number } {
    const now = this.#clock.now();
    const [last] = this.between(now - MINUTE, now);
    const cells = (last?.cells ?? []).filter((cell) => cell.service === service && cell.version === version);
    const { count, sum } = merge(cells);
    return { perSecond: count / 60, meanLatency: count === 0 ? 0 : sum / count };
  }

  /** What comes after it, such as the last words of an app, is counted no more. */
  close(): void {
    this.#turn();
    this.#note.note();
    this.#ended = true;
    this.#cancel();
    this.#closed.close();
  }

  /** Ends the open minute when its time is over. */
  #turn(): void {
    if (this.#ended || this.#clock.now() < this.#at + MINUTE) return;
    const gauges = this.#gauges();
    const cells = this.#cells();
    const tallies = [...this.#tallies.values()];
    if (cells.length + gauges.length + tallies.length > 0)
      this.#closed.append({ at: this.#at, cells, gauges, tallies });
    this.#begin();
  }

  /** Goes on with the minute that the process before had begun, or ends it for that one. */
  #resume(): void {
    const left = this.#note.read();
    if (!left) return;
    const [last] = this.#closed.backward();
    // Killed between the end of a minute and its note.
    if (last && last.at >= left.at) return;
    if (left.at < this.#at) {
      this.#closed.append(left);
      return;
    }
    for (const { service, version, code, loading, buckets, ...sums } of left.cells) {
      const key = { service, version, code, loading };
      this.#open.set(nameOf(key), { key, ...sums, buckets: new Map(buckets) });
    }
    for (const one of left.tallies ?? []) this.#tallies.set(keyOf(one), one);
  }

  #touch(): void {
    if (!this.#ended) this.#note.touch();
  }

  #minute(): Minute {
    return { at: this.#at, cells: this.#cells(), gauges: [], tallies: [...this.#tallies.values()] };
  }

  #cells(): Cell[] {
    return [...this.#open.values()].map(({ key, count, sum, squares, buckets }) => ({
      ...key,
      count,
      sum,
      squares,
      buckets: [...buckets].toSorted(([a], [b]) => a - b),
    }));
  }

  #begin(): void {
    this.#at = Math.floor(this.#clock.now() / MINUTE) * MINUTE;
    this.#open = new Map();
    this.#tallies = new Map();
    this.#await();
  }

  /** Ends the minute even when no request comes after it. */
  #await(): void {
    this.#cancel();
    this.#cancel = this.#clock.alarm(this.#at + MINUTE, () => this.#turn());
  }
}

function plus(a: Value, b: Value): Value {
  if (typeof a === 'object' && typeof b === 'object') return merge([a, b]);
  return Number(a) + Number(b);
}

function nameOf({ service, version, code, loading }: OpenCell['key']): string {
  return `${service}/${version}/${code}/${loading}`;
}

function keyOf({ type, service, version, labels }: Tally): string {
  return JSON.stringify([type, service, version, labels]);
}
