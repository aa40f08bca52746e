import { Hono } from 'hono';
import { type Filter, required } from './filter.ts';
import { isObject, type JsonObject, numberAt, textAt } from './json.ts';
import { entryMatches, parseLogFilter } from './log-filter.ts';
import { type Logs, type Scope, severityRank } from './logs.ts';
import { badField, Refusal } from './refusal.ts';

const DEFAULT_SIZE = 50;
const MOST_SIZE = 1_000;

/** Cloud Logging v2: `entries.list` with the filters that gcloud and deployers send. */
export function loggingRoutes(project: string, logs: Logs): Hono {
  const routes = new Hono();
  routes.post('/v2/entries:list', async (c) => {
    const parsed: unknown = await c.req.json();
    const body = isObject(parsed) ? parsed : {};
    checkProject(project, body);
    const order = textAt(body, 'orderBy')?.trim() || 'timestamp asc';
    if (!/^timestamp( (asc|desc))?$/i.test(order)) {
      throw badField('orderBy', `orderBy must be "timestamp asc" or "timestamp desc", but is "${order}".`);
    }
    const size = Math.min(numberAt(body, 'pageSize') || DEFAULT_SIZE, MOST_SIZE);
    const skip = Number(textAt(body, 'pageToken') || 0);
    return c.json(list(logs, parseLogFilter(textAt(body, 'filter') ?? ''), /desc$/i.test(order), skip, size));
  });
  return routes;
}

function checkProject(project: string, body: JsonObject): void {
  const named = [body.resourceNames, body.projectIds].flatMap((list) => (Array.isArray(list) ? list : []));
  for (const one of named) {
    const id = String(one).replace(/^projects\//, '');
    checkName(project, id);
  }
  if (named.length === 0) throw badField('resourceNames', 'At least one resource name is required.');
}

export function checkName(project: string, id: string): void {
  if (id === project) return;
  throw new Refusal(
    'NOT_FOUND',
    `Could not find project '${id}': the local Cloud Logging has only '${project}'.`,
  );
}

function list(logs: Logs, filter: Filter, newestFirst: boolean, skip: number, size: number): JsonObject {
  const { from, to } = timeBounds(filter);
  const entries: JsonObject[] = [];
  let seen = 0;
  for (const { at, entry } of logs.entries(
    newestFirst ? 'newest first' : 'oldest first',
    scopeOf(filter, from),
  )) {
    // Ordered by time: beyond the far bound nothing more can match.
    if (newestFirst ? at < from : at > to) break;
    if (at < from || at > to) continue;
    const candidate = entry();
    if (!entryMatches(candidate, filter)) continue;
    if (seen++ < skip) continue;
    if (entries.length === size) return { entries, nextPageToken: String(skip + size) };
    entries.push(candidate);
  }
  return entries.length > 0 ? { entries } : {};
}

/** What the comparisons that must all hold leave over. */
function scopeOf(filter: Filter, from: number): Scope {
  const needed = required(filter).filter(({ operator }) => operator !== '!=' && operator !== '!~');
  const parts = new Set(needed.map(({ path }) => path[0]));
  const only = parts.has('protoPayload')
    ? 'requests'
    : parts.has('jsonPayload') || parts.has('textPayload')
      ? 'others'
      : undefined;
  const ranks = needed
    .filter(({ path, operator }) => path[0] === 'severity' && ['=', '>', '>='].includes(operator))
    .map(({ value }) => severityRank(value) ?? 0);
  return { from, severity: Math.max(0, ...ranks), ...(only && { only }) };
}

/** Milliseconds between which every match must lie. */
function timeBounds(filter: Filter): { from: number; to: number } {
  let [from, to] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (const { path, operator, value } of required(filter)) {
    if (path.join('.') !== 'timestamp') continue;
    const time = Date.parse(value);
    if (Number.isNaN(time)) throw badField('filter', `Unparseable timestamp '${value}' in the filter.`);
    if (operator === '>' || operator === '>=' || operator === '=') from = Math.max(from, time);
    if (operator === '<' || operator === '<=' || operator === '=') to = Math.min(to, time);
  }
  return { from, to };
}
