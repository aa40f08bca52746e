import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { SandboxClock } from '../clock.ts';
import { isObject, type JsonObject, textAt } from './json.ts';
import { timestamp } from './resources.ts';
import { Segments } from './segments.ts';

/**
 * Cloud Logging keeps 30 days. Here there is a limit to the entries as well, for requests and for all else apart: many
 * requests must not push an error out.
 */
const RETENTION = { segment: 5_000, segments: 12, age: 30 * 24 * 3_600_000, warm: 5 };

const SEVERITIES = [
  'DEFAULT',
  'DEBUG',
  'INFO',
  'NOTICE',
  'WARNING',
  'ERROR',
  'CRITICAL',
  'ALERT',
  'EMERGENCY',
];

/** Whose entry it is. */
export interface Source {
  readonly service: string;
  readonly version: string;
  readonly instance: string;
}

export interface RequestRecord {
  readonly id: string;
  readonly ip: string;
  readonly method: string;
  readonly path: string;
  readonly host: string;
  readonly agent: string;
  readonly status: number;
  /** Bytes. */
  readonly size: number;
  /** Real milliseconds. */
  readonly latency: number;
  readonly loading: boolean;
}

/** What need not be read, because it cannot be meant. */
export interface Scope {
  /** What is older may be passed over; milliseconds of the sandbox's clock. */
  readonly from: number;
  /** The rank of the lowest severity that is meant. */
  readonly severity: number;
  readonly only?: 'requests' | 'others';
}

interface LogRecord extends Source {
  /** Milliseconds of the sandbox's clock. */
  readonly at: number;
  readonly id: string;
  readonly log: string;
  readonly severity: string;
  readonly trace?: string;
  readonly text?: string;
  readonly json?: JsonObject;
  readonly request?: RequestRecord;
}

/** What the versions wrote and which requests came; the last of it, {@link RETENTION}. */
export class Logs {
  readonly #project: string;
  readonly #clock: SandboxClock;
  readonly #requests: Segments<LogRecord>;
  readonly #others: Segments<LogRecord>;
  readonly #listeners = new Set<(entry: JsonObject) => void>();

  constructor(project: string, folder: string, clock: SandboxClock) {
    this.#project = project;
    this.#clock = clock;
    this.#requests = new Segments(join(folder, 'requests'), RETENTION);
    this.#others = new Segments(join(folder, 'others'), RETENTION);
  }

  /** A line of output. A JSON object on a line is a structured entry: `severity`, `message` and the trace are lifted. */
  line(source: Source, stream: 'stdout' | 'stderr', line: string): void {
    const json = line.startsWith('{') ? parseObject(line) : undefined;
    if (!json) {
      this.#add({ ...source, log: stream, severity: 'DEFAULT', text: line });
      return;
    }
    const { severity: _s, 'logging.googleapis.com/trace': _t, ...rest } = json;
    const severity = (textAt(json, 'severity') ?? 'DEFAULT').toUpperCase();
    const trace = textAt(json, 'logging.googleapis.com/trace');
    const only = Object.keys(rest).length === 1 ? textAt(rest, 'message') : undefined;
    this.#add({
      ...source,
      log: stream,
      severity: SEVERITIES.includes(severity) ? severity : 'DEFAULT',
      ...(only === undefined ? { json: rest } : { text: only }),
      ...(trace === undefined ? {} : { trace }),
    });
  }

  /** What the platform itself has to say of a version. */
  crash(source: Source, text: string): void {
    this.#add({ ...source, log: 'appengine.googleapis.com/crash.log', severity: 'ERROR', text });
  }

  request(source: Source, request: RequestRecord): void {
    const severity = request.status >= 500 ? 'ERROR' : request.status >= 400 ? 'WARNING' : 'INFO';
    const trace = `projects/${this.#project}/traces/${request.id}`;
    this.#add({ ...source, log: 'appengine.googleapis.com/request_log', severity, trace, request });
  }

  /** google.logging.v2.LogEntry of each record, lazily, by time. */
  *entries(
    order: 'newest first' | 'oldest first',
    { from, severity, only }: Scope,
  ): Generator<{ at: number; entry: () => JsonObject }> {
    const newestFirst = order === 'newest first';
    const read = (records: Segments<LogRecord>) => (newestFirst ? records.backward() : records.forward(from));
    const a = only === 'others' ? undefined : read(this.#requests);
    const b = only === 'requests' ? undefined : read(this.#others);
    let [left, right] = [a?.next().value, b?.next().value];
    while (left !== undefined || right !== undefined) {
      const takeLeft = right === undefined || (left !== undefined && left.at < right.at !== newestFirst);
      const record = takeLeft ? left : right;
      if (takeLeft) left = a?.next().value;
      else right = b?.next().value;
      if (record !== undefined && (severityRank(record.severity) ?? 0) >= severity)
        yield { at: record.at, entry: () => this.#entry(record) };
    }
  }

  /** Tells of every google.logging.v2.LogEntry from now on. */
  onEntry(listener: (entry: JsonObject) => void): void {
    this.#listeners.add(listener);
  }

  close(): void {
    this.#requests.close();
    this.#others.close();
  }

  #add(record: Omit<LogRecord, 'at' | 'id'>): void {
    const records = record.request === undefined ? this.#others : this.#requests;
    const kept = { at: this.#clock.now(), id: randomBytes(8).toString('hex'), ...record };
    records.append(kept);
    const entry = this.#entry(kept);
    for (const listener of this.#listeners) listener(entry);
  }

  #entry(record: LogRecord): JsonObject {
    const { service, version, instance, log, severity, trace, text, json, request } = record;
    const labels = {
      project_id: this.#project,
      module_id: service,
      version_id: version,
      zone: 'us-central1-a',
    };
    const at = timestamp(record.at);
    return {
      logName: `projects/${this.#project}/logs/${encodeURIComponent(log)}`,
      resource: { type: 'gae_app', labels },
      timestamp: at,
      receiveTimestamp: at,
      insertId: record.id,
      severity,
      labels: { clone_id: instance },
      ...(trace === undefined ? {} : { trace }),
      ...(text === undefined ? {} : { textPayload: text }),
      ...(json === undefined ? {} : { jsonPayload: json }),
      ...(request === undefined ? {} : { protoPayload: this.#requestLog(record, request) }),
    };
  }

  /** google.appengine.logging.v1.RequestLog. */
  #requestLog({ at, service, version, instance }: LogRecord, request: RequestRecord): JsonObject {
    return {
      '@type': 'type.googleapis.com/google.appengine.logging.v1.RequestLog',
      appId: `s~${this.#project}`,
      moduleId: service,
      versionId: version,
      instanceId: instance,
      requestId: request.id,
      ip: request.ip,
      startTime: timestamp(at - request.latency),
      endTime: timestamp(at),
      latency: `${(request.latency / 1000).toFixed(6)}s`,
      method: request.method,
      resource: request.path,
      httpVersion: 'HTTP/1.1',
      status: request.status,
      responseSize: String(request.size),
      userAgent: request.agent,
      host: request.host,
      wasLoadingRequest: request.loading,
      urlMapEntry: 'auto',
      traceId: request.id,
      first: true,
      finished: true,
    };
  }
}

/** Rank of a severity's name, as filters compare it; undefined for no such name. */
export function severityRank(name: string): number | undefined {
  const rank = SEVERITIES.indexOf(name.toUpperCase());
  return rank < 0 ? undefined : rank;
}

function parseObject(line: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) ? value : undefined;
  } catch {
    // Not JSON after all: a plain line that begins with a brace.
    return undefined;
  }
}
