import * as v from 'valibot';
import type { JudgeHeader, MinuteFigures } from './figures.ts';

const count = v.pipe(v.number(), v.minValue(0));
const counts = v.pipe(v.array(count), v.readonly());
const classes = v.record(v.string(), count);

const point = v.object({
  m: v.pipe(v.number(), v.integer()),
  v: v.picklist(['canary', 'baseline']),
  /** Responses by class of status, cold starts included where these are told apart. */
  rc: v.optional(classes),
  rcLoading: v.optional(classes),
  lat: v.optional(counts),
  latLoading: v.optional(counts),
  errlog: v.optional(count),
  custom: v.optional(v.record(v.string(), v.number())),
  cpu: v.optional(v.number()),
  mem: v.optional(v.number()),
});

export const headerSchema = v.object({
  type: v.literal('window'),
  schema: v.literal(1),
  id: v.string(),
  durationMin: v.pipe(v.number(), v.minValue(1)),
  canaryShare: v.pipe(v.number(), v.gtValue(0), v.maxValue(1)),
  env: v.picklist(['standard', 'flex']),
  shardBy: v.optional(v.picklist(['random', 'cookie', 'ip'])),
  maxDelayMin: v.optional(count, 4),
  buckets: v.object({
    exponential: v.object({
      scale: v.pipe(v.number(), v.gtValue(0)),
      growthFactor: v.pipe(v.number(), v.gtValue(1)),
      numFiniteBuckets: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1000)),
    }),
  }),
  directions: v.optional(v.record(v.string(), v.picklist(['decrease_bad', 'increase_bad'])), {}),
  history: v.optional(v.pipe(v.array(point), v.readonly()), []),
});

export const tickSchema = v.object({
  type: v.literal('tick'),
  id: v.string(),
  t: v.pipe(v.number(), v.minValue(0)),
  points: v.pipe(v.array(point), v.readonly()),
});

export type HeaderLine = v.InferInput<typeof headerSchema>;
export type TickLine = v.InferInput<typeof tickSchema>;
export type PointLine = v.InferOutput<typeof point>;

export interface Reply {
  readonly id: string;
  readonly t: number;
  readonly verdict: 'continue' | 'hold' | 'promote' | 'rollback';
  /** Nats, over all channels. */
  readonly evidence: number;
  /** Nats of each channel. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly reasons: readonly string[];
}

export function toHeader(line: v.InferOutput<typeof headerSchema>): JudgeHeader {
  const { scale, growthFactor, numFiniteBuckets } = line.buckets.exponential;
  return {
    durationMin: line.durationMin,
    canaryShare: line.canaryShare,
    coldStartsApart: line.env === 'standard',
    maxDelayMin: line.maxDelayMin,
    bounds: Array.from({ length: numFiniteBuckets + 1 }, (_, i) => scale * growthFactor ** i),
    directions: line.directions,
    history: line.history.map(toFigures),
  };
}

/** A later point of the same minute adds to what was known, field by field and class by class. */
export function upsert(known: PointLine | undefined, update: PointLine): PointLine {
  if (!known) return update;
  return {
    ...known,
    ...update,
    ...((known.rc || update.rc) && { rc: { ...known.rc, ...update.rc } }),
    ...((known.rcLoading || update.rcLoading) && { rcLoading: { ...known.rcLoading, ...update.rcLoading } }),
    ...((known.custom || update.custom) && { custom: { ...known.custom, ...update.custom } }),
  };
}

export function toFigures(point: PointLine): MinuteFigures {
  const loading = point.rcLoading ?? {};
  const sum = (classes: Readonly<Record<string, number>>) =>
    Object.values(classes).reduce((a, b) => a + b, 0);
  return {
    m: point.m,
    arm: point.v,
    requests: Math.max(0, sum(point.rc ?? {}) - sum(loading)),
    errors: Math.max(0, (point.rc?.['5xx'] ?? 0) - (loading['5xx'] ?? 0)),
    latency: point.lat ?? [],
    errorLogs: Math.max(0, (point.errlog ?? 0) - (point.rc?.['5xx'] ?? 0)),
    custom: point.custom ?? {},
    cpu: point.cpu,
    memory: point.mem,
  };
}
