import { gunzipSync, gzipSync } from 'node:zlib';
import { EMPTY, type Histogram } from '../histogram.ts';
import type { JudgeWindow } from '../judge.ts';
import { MINUTE_MS, type Point } from '../points.ts';

/** A whole window as it was judged, kept so that it can be judged again. */
export interface KeptWindow {
  readonly rollout: string;
  readonly service: string;
  readonly version: string;
  /** Index of the step whose window it was. */
  readonly step: number;
  readonly window: JudgeWindow;
  readonly points: readonly Point[];
}

/** A file that should hold a window and does not. Its message is a sentence that follows the file's name. */
export class BadWindow extends Error {
  override name = 'BadWindow';
}

const SCHEMA = 1;

/** Latencies as the number of their layout, then the counts: layouts are few and long. */
type PackedPoint = Omit<Point, 'minute' | 'latency'> & {
  readonly m: number;
  readonly lat: readonly number[];
};

interface Packed {
  readonly schema: typeof SCHEMA;
  readonly kept: Omit<KeptWindow, 'window' | 'points'>;
  readonly window: Omit<JudgeWindow, 'history' | 'enough'>;
  readonly layouts: readonly (readonly number[])[];
  readonly history: readonly PackedPoint[];
  readonly points: readonly PackedPoint[];
}

/** Compressed JSON, some 10 kB for half an hour. The threshold of the day is left out: windows are tried at any. */
export function packWindow({ window, points, ...kept }: KeptWindow): Buffer {
  const { history, enough: _, ...rest } = window;
  const layouts: (readonly number[])[] = [];
  const packed: Packed = {
    schema: SCHEMA,
    kept,
    window: rest,
    history: history.map((point) => packPoint(point, window.from, layouts)),
    points: points.map((point) => packPoint(point, window.from, layouts)),
    layouts,
  };
  return gzipSync(JSON.stringify(packed));
}

/** @throws BadWindow */
export function unpackWindow(bytes: Uint8Array): KeptWindow {
  const { schema, kept, window, layouts, history, points } = parse(bytes);
  if (schema !== SCHEMA) {
    throw new BadWindow(`should be of schema ${SCHEMA}, but is of ${schema}. Delete it.`);
  }
  const unpack = ({ m, lat: [layout = -1, ...counts], ...rest }: PackedPoint): Point => ({
    ...rest,
    minute: window.from + m * MINUTE_MS,
    latency: counts.length === 0 ? EMPTY : { bounds: layouts[layout] ?? [], counts },
  });
  return { ...kept, window: { ...window, history: history.map(unpack) }, points: points.map(unpack) };
}

function parse(bytes: Uint8Array): Packed {
  try {
    return JSON.parse(gunzipSync(bytes).toString('utf8')) as Packed;
  } catch (error) {
    throw new BadWindow(`should hold a window but cannot be read (${(error as Error).message}). Delete it.`);
  }
}

function packPoint(point: Point, from: number, layouts: (readonly number[])[]): PackedPoint {
  const { minute, latency, ...rest } = point;
  return { ...rest, m: (minute - from) / MINUTE_MS, lat: packCounts(latency, layouts) };
}

function packCounts({ bounds, counts }: Histogram, layouts: (readonly number[])[]): readonly number[] {
  if (counts.length === 0) return [];
  const known = layouts.findIndex((one) => one === bounds || isSame(one, bounds));
  return [known < 0 ? layouts.push(bounds) - 1 : known, ...counts];
}

function isSame(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}
