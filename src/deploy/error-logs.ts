import * as v from 'valibot';
import type { Rest } from '../google/rest.ts';

export interface LogLine {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly version: string;
  readonly severity: string;
  readonly text: string;
}

export interface LogRequest {
  readonly service: string;
  readonly versions: readonly string[];
  /** Milliseconds since the epoch. */
  readonly since: number;
  /** At most this many lines, the newest. */
  readonly limit: number;
}

const requestLog = v.looseObject({
  method: v.optional(v.string(), ''),
  resource: v.optional(v.string(), ''),
  status: v.optional(v.number()),
  line: v.optional(v.array(v.looseObject({ logMessage: v.optional(v.string(), '') })), []),
});

const entry = v.looseObject({
  timestamp: v.string(),
  severity: v.optional(v.string(), 'DEFAULT'),
  resource: v.optional(v.looseObject({ labels: v.optional(v.record(v.string(), v.string()), {}) })),
  textPayload: v.optional(v.string()),
  jsonPayload: v.optional(v.looseObject({})),
  protoPayload: v.optional(requestLog),
});

const page = v.looseObject({ entries: v.optional(v.array(entry), []) });

/**
 * The newest errors that these versions logged, newest first. Asked for as raw JSON: Google's client throws at the
 * first request log, whose type it does not know.
 */
export async function errorLogs(
  rest: Rest,
  project: string,
  request: LogRequest,
  signal?: AbortSignal,
): Promise<LogLine[]> {
  const versions = request.versions.map((id) => JSON.stringify(id)).join(' OR ');
  const body = {
    resourceNames: [`projects/${project}`],
    filter: [
      'resource.type="gae_app"',
      `resource.labels.module_id=${JSON.stringify(request.service)}`,
      `resource.labels.version_id=(${versions})`,
      'severity>=ERROR',
      `timestamp>="${new Date(request.since).toISOString()}"`,
    ].join(' AND '),
    orderBy: 'timestamp desc',
    pageSize: request.limit,
  };
  const { entries } = await rest.read(
    `read the error logs of ${request.service}`,
    async () => v.parse(page, await rest.json('POST', '/v2/entries:list', body)),
    signal,
  );
  return entries.slice(0, request.limit).map((e) => ({
    at: Date.parse(e.timestamp),
    version: e.resource?.labels.version_id ?? '',
    severity: e.severity,
    text: textOf(e),
  }));
}

function textOf(e: v.InferOutput<typeof entry>): string {
  if (e.textPayload !== undefined) return e.textPayload;
  if (e.protoPayload) {
    const { method, resource, status, line } = e.protoPayload;
    const said = line.map((l) => l.logMessage).join(' ');
    return [method, resource, status, said].filter(Boolean).join(' ');
  }
  const message = e.jsonPayload?.message;
  return typeof message === 'string' ? message : JSON.stringify(e.jsonPayload ?? {});
}
