import type { Distribution } from './distribution.ts';
import { type Figures, MINUTE, type Minute } from './figures.ts';
import { fullLabels, type Series, SeriesBuilder } from './series.ts';

export type Value = number | Distribution;
export type MetricKind = 'DELTA' | 'GAUGE' | 'CUMULATIVE';
export type ValueType = 'INT64' | 'DOUBLE' | 'DISTRIBUTION';

/** A metric of Cloud Monitoring: what its descriptor says, and its points. */
export interface Metric {
  readonly kind: MetricKind;
  readonly valueType: ValueType;
  readonly unit: string;
  readonly description: string;
  readonly labels: readonly string[];
  /** Labels of its resource; absent: whatever the points were written with. */
  readonly resourceLabels?: readonly string[];
  /** Its points that end in (from, to], milliseconds of the sandbox's clock. */
  readonly collect: (from: number, to: number) => Series[];
}

/** Metrics by their type. */
export interface Catalogue {
  find(type: string): Metric | undefined;
  list(): ReadonlyMap<string, Metric>;
}

export interface Sample {
  readonly service: string;
  readonly version: string;
  /** The metric's labels. */
  readonly labels: Readonly<Record<string, string>>;
  readonly value: Value;
}

type Described = Omit<Metric, 'resourceLabels' | 'collect'>;

const ZONE = 'us-central1-a';
const RESOURCE_LABELS = ['project_id', 'module_id', 'version_id', 'zone'];
const PREFIX = 'appengine.googleapis.com/';
export const LOG_ENTRIES = 'logging.googleapis.com/log_entry_count';

/** The metrics that App Engine and its logs write by themselves, all of them for the resource `gae_app`. */
export function platformMetrics(project: string, figures: Figures): Catalogue {
  const responses = (valueType: ValueType, unit: string, description: string): Described => ({
    kind: 'DELTA',
    valueType,
    unit,
    description,
    labels: ['response_code', 'loading'],
  });
  const gauge = (unit: string, description: string): Described => ({
    kind: 'GAUGE',
    valueType: 'INT64',
    unit,
    description,
    labels: [],
  });
  const all = new Map<string, Metric>([
    [
      `${PREFIX}http/server/response_count`,
      gaeMetric(project, figures, responses('INT64', '1', 'Responses, by their code.'), ({ cells }) =>
        cells.map((cell) => ({
          ...cell,
          labels: responseLabels(cell.code, cell.loading),
          value: cell.count,
        })),
      ),
    ],
    [
      `${PREFIX}http/server/response_latencies`,
      gaeMetric(project, figures, responses('DISTRIBUTION', 'ms', 'Latencies of responses.'), ({ cells }) =>
        cells.map((cell) => ({ ...cell, labels: responseLabels(cell.code, cell.loading), value: cell })),
      ),
    ],
    [
      `${PREFIX}system/instance_count`,
      gaeMetric(project, figures, gauge('1', 'Instances that run.'), ({ gauges }) =>
        gauges.map((one) => ({ ...one, labels: {}, value: one.instances })),
      ),
    ],
    [
      `${PREFIX}system/memory/usage`,
      gaeMetric(project, figures, gauge('By', 'Memory of the instances.'), ({ gauges }) =>
        gauges.map((one) => ({ ...one, labels: {}, value: one.memory })),
      ),
    ],
    [
      LOG_ENTRIES,
      tallied(project, figures, LOG_ENTRIES, {
        kind: 'DELTA',
        valueType: 'INT64',
        unit: '1',
        description: 'Log entries.',
        labels: ['log', 'severity'],
      }),
    ],
  ]);
  return { find: (type) => all.get(type), list: () => all };
}

/**
 * A metric whose minutes are tallied from log entries.
 * @param since points before it belong to an earlier metric of the same name
 */
export function tallied(
  project: string,
  figures: Figures,
  type: string,
  described: Described,
  since = 0,
): Metric {
  const read = ({ at, tallies = [] }: Minute) =>
    at + MINUTE <= since ? [] : tallies.filter((one) => one.type === type);
  return gaeMetric(project, figures, described, read);
}

/** @param read what a minute holds of it, one per series */
function gaeMetric(
  project: string,
  figures: Figures,
  described: Described,
  read: (minute: Minute) => readonly Sample[],
): Metric {
  const { kind, valueType } = described;
  return {
    ...described,
    resourceLabels: RESOURCE_LABELS,
    collect(from, to) {
      const series = new SeriesBuilder();
      for (const minute of figures.between(from, to)) {
        const end = minute.at + MINUTE;
        const start = kind === 'GAUGE' ? end : minute.at;
        for (const { service, version, labels, value } of read(minute)) {
          const of = { project_id: project, module_id: service, version_id: version, zone: ZONE };
          series.add(
            { resource: 'gae_app', labels: fullLabels(of, labels), kind, valueType },
            { start, end, value },
          );
        }
      }
      return series.all();
    },
  };
}

function responseLabels(code: number, loading: boolean): Record<string, string> {
  return { response_code: String(code), loading: String(loading) };
}
