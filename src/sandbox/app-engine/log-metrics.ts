import type { SandboxClock } from '../clock.ts';
import { type Layout, readLayout, single } from './distribution.ts';
import type { Documents } from './documents.ts';
import { type Extractor, readExtractor } from './extractor.ts';
import type { Figures } from './figures.ts';
import type { Filter } from './filter.ts';
import { isObject, type JsonObject, objectAt, textAt } from './json.ts';
import { entryMatches, parseLogFilter } from './log-filter.ts';
import type { Logs } from './logs.ts';
import { type Catalogue, LOG_ENTRIES, type Metric, tallied, type ValueType } from './metrics.ts';
import { badField, Refusal } from './refusal.ts';
import { timestamp } from './resources.ts';

const PREFIX = 'logging.googleapis.com/user/';
/** google.logging.v2.LogMetric.name: at most 100 of these characters. */
const NAME = /^[A-Za-z0-9_\-.,+!*',()%/]{1,100}$/;

/** A log-based metric, understood. */
interface Rule {
  readonly type: string;
  readonly filter: Filter;
  readonly disabled: boolean;
  readonly valueType: ValueType;
  readonly layout: Layout;
  readonly value?: Extractor;
  readonly labels: Readonly<Record<string, Extractor>>;
}

/**
 * Log-based metrics: of each entry that is written while a metric exists, its filter says whether it counts, and its
 * extractors what is counted under which labels.
 */
export class LogMetrics implements Catalogue {
  readonly #project: string;
  readonly #documents: Documents;
  readonly #figures: Figures;
  readonly #clock: SandboxClock;
  readonly #rules = new Map<string, Rule>();

  constructor(project: string, documents: Documents, figures: Figures, logs: Logs, clock: SandboxClock) {
    this.#project = project;
    this.#documents = documents;
    this.#figures = figures;
    this.#clock = clock;
    for (const resource of this.resources())
      this.#rules.set(textAt(resource, 'name') ?? '', readRule(resource));
    logs.onEntry((entry) => this.#count(entry));
  }

  resources(): JsonObject[] {
    return this.#documents.list('log-metric/');
  }

  /** google.logging.v2.LogMetric. @throws Refusal NOT_FOUND */
  get(name: string): JsonObject {
    const found = this.#documents.get(`log-metric/${name}`);
    if (!found) throw new Refusal('NOT_FOUND', `Metric ${name} does not exist.`);
    return found;
  }

  /** @throws Refusal ALREADY_EXISTS, or for what is no metric */
  create(metric: JsonObject): JsonObject {
    const name = textAt(metric, 'name') ?? '';
    if (this.#documents.get(`log-metric/${name}`)) {
      throw new Refusal('ALREADY_EXISTS', `Metric ${name} already exists.`);
    }
    return this.put(metric);
  }

  /** Makes or changes a metric; what was counted by then stays. @throws Refusal */
  put(metric: JsonObject): JsonObject {
    const name = textAt(metric, 'name') ?? '';
    if (!NAME.test(name) || name.startsWith('/')) {
      throw badField(
        'metric.name',
        `Metric name '${name}' is not 1 to 100 of letters, digits and _-.,+!*',()%/.`,
      );
    }
    const now = timestamp(this.#clock.now());
    const known = this.#documents.get(`log-metric/${name}`);
    const rule = readRule(metric);
    const given = objectAt(metric, 'metricDescriptor');
    const resource: JsonObject = {
      ...metric,
      metricDescriptor: {
        unit: '1',
        ...given,
        name: `projects/${this.#project}/metricDescriptors/${rule.type}`,
        type: rule.type,
        metricKind: 'DELTA',
        valueType: rule.valueType,
      },
      createTime: textAt(known, 'createTime') ?? now,
      updateTime: now,
      version: 'V2',
    };
    this.#documents.put(`log-metric/${name}`, resource);
    this.#rules.set(name, rule);
    return resource;
  }

  delete(name: string): void {
    this.get(name);
    this.#documents.delete(`log-metric/${name}`);
    this.#rules.delete(name);
  }

  find(type: string): Metric | undefined {
    const name = type.startsWith(PREFIX) ? type.slice(PREFIX.length) : '';
    const rule = this.#rules.get(name);
    if (!rule) return undefined;
    const { createTime, description, metricDescriptor } = this.get(name);
    const described = {
      kind: 'DELTA' as const,
      valueType: rule.valueType,
      unit: textAt(objectAt({ metricDescriptor }, 'metricDescriptor'), 'unit') ?? '1',
      description: String(description ?? ''),
      labels: Object.keys(rule.labels),
    };
    return tallied(this.#project, this.#figures, type, described, Date.parse(String(createTime)));
  }

  list(): ReadonlyMap<string, Metric> {
    const all = new Map<string, Metric>();
    for (const { type } of this.#rules.values()) {
      const metric = this.find(type);
      if (metric) all.set(type, metric);
    }
    return all;
  }

  #count(entry: JsonObject): void {
    const labels = objectAt(objectAt(entry, 'resource'), 'labels');
    const of = { service: textAt(labels, 'module_id') ?? '', version: textAt(labels, 'version_id') ?? '' };
    const log = decodeURIComponent((textAt(entry, 'logName') ?? '').split('/').at(-1) ?? '');
    const severity = textAt(entry, 'severity') ?? 'DEFAULT';
    this.#figures.tally({ type: LOG_ENTRIES, ...of, labels: { log, severity }, value: 1 });
    for (const { type, filter, disabled, layout, value, labels: extractors } of this.#rules.values()) {
      if (disabled || !entryMatches(entry, filter)) continue;
      const named = Object.entries(extractors).map(([key, extract]) => [key, extract(entry) ?? ''] as const);
      const number = value ? Number(value(entry) ?? Number.NaN) : 1;
      // An entry without a number has nothing to add to a distribution.
      if (!Number.isFinite(number)) continue;
      const counted = value ? single(number, layout) : 1;
      this.#figures.tally({ type, ...of, labels: Object.fromEntries(named), value: counted });
    }
  }
}

/** @throws Refusal INVALID_ARGUMENT that names the field */
function readRule(metric: JsonObject): Rule {
  const filter = textAt(metric, 'filter') ?? '';
  if (filter.trim() === '') throw badField('metric.filter', 'Field metric.filter is required.');
  const descriptor = objectAt(metric, 'metricDescriptor');
  const kind = descriptor.metricKind ?? 'DELTA';
  if (kind !== 'DELTA' && kind !== 2) {
    throw badField('metric.metricDescriptor.metricKind', 'A log-based metric must be of kind DELTA.');
  }
  const extractor = textAt(metric, 'valueExtractor') ?? '';
  const valueType = valueTypeOf(descriptor, extractor !== '');
  if ((valueType === 'DISTRIBUTION') !== (extractor !== '')) {
    throw badField(
      'metric.valueExtractor',
      'A value extractor is needed for the value type DISTRIBUTION and for no other.',
    );
  }
  return {
    type: PREFIX + (textAt(metric, 'name') ?? ''),
    filter: parseLogFilter(filter),
    disabled: metric.disabled === true,
    valueType,
    layout: readLayout(objectAt(metric, 'bucketOptions')),
    ...(extractor !== '' && { value: readExtractor(extractor, 'metric.valueExtractor') }),
    labels: readLabels(metric, descriptor),
  };
}

/** By name or, from Node's REST clients, by number. */
function valueTypeOf({ valueType }: JsonObject, extracts: boolean): ValueType {
  if (valueType === undefined || valueType === null) return extracts ? 'DISTRIBUTION' : 'INT64';
  if (valueType === 'INT64' || valueType === 2) return 'INT64';
  if (valueType === 'DISTRIBUTION' || valueType === 5) return 'DISTRIBUTION';
  throw badField(
    'metric.metricDescriptor.valueType',
    `A log-based metric must be of value type INT64 or DISTRIBUTION, not ${String(valueType)}.`,
  );
}

function readLabels(metric: JsonObject, descriptor: JsonObject): Record<string, Extractor> {
  const declared = Array.isArray(descriptor.labels) ? descriptor.labels.filter(isObject) : [];
  const keys = declared.map((label) => textAt(label, 'key') ?? '');
  const extractors = Object.entries(objectAt(metric, 'labelExtractors'));
  const undeclared = extractors.find(([key]) => !keys.includes(key));
  const without = keys.find((key) => extractors.every(([name]) => name !== key));
  if (undeclared || without !== undefined) {
    throw badField(
      'metric.labelExtractors',
      `Label '${undeclared?.[0] ?? without}' must be in both labelExtractors and metricDescriptor.labels.`,
    );
  }
  return Object.fromEntries(
    extractors.map(([key, text]) => [key, readExtractor(String(text), `metric.labelExtractors[${key}]`)]),
  );
}
