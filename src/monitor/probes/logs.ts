import * as v from 'valibot';
import type { Rest } from '../../google/rest.ts';
import type { Limits } from '../../plan/terms.ts';
import {
  type Finding,
  type Span,
  sayAsked,
  sayMeasured,
  sayNumber,
  sayPer,
  saySpan,
  scaleOf,
  unknown,
  weighCount,
} from './words.ts';

/** Google's own limit. */
const PAGE = 1_000;
/** Cloud Logging allows 60 reads a minute in a project, which others need too. */
const MOST_PAGES = 30;

export interface LogQuestion extends Limits {
  readonly name: string;
  readonly filter: string;
  readonly per?: number;
}

const page = v.object({
  entries: v.optional(v.array(v.unknown()), []),
  nextPageToken: v.optional(v.string(), ''),
});

/** Counts the log entries of a version, no further than the answer takes. @throws CloudError */
export async function countLogs(
  rest: Rest,
  project: string,
  { service, version }: { readonly service: string; readonly version: string },
  question: LogQuestion,
  span: Span,
  signal?: AbortSignal,
): Promise<Finding> {
  const filter = [
    'resource.type="gae_app"',
    `resource.labels.module_id=${JSON.stringify(service)}`,
    `resource.labels.version_id=${JSON.stringify(version)}`,
    `timestamp>="${new Date(span.from).toISOString()}"`,
    `timestamp<"${new Date(span.to).toISOString()}"`,
    ...(question.filter.trim() === '' ? [] : [`(${question.filter}\n)`]),
  ].join('\nAND ');
  let count = 0;
  let pageToken = '';
  for (let pages = 0; pages < MOST_PAGES; pages++) {
    const body = {
      resourceNames: [`projects/${project}`],
      filter,
      pageSize: PAGE,
      ...(pageToken && { pageToken }),
    };
    const found = await rest.read(
      `count the log entries of "${question.name}"`,
      // Of each entry its id alone: the texts would be megabytes.
      async () =>
        v.parse(
          page,
          await rest.json('POST', '/v2/entries:list?fields=entries.insertId,nextPageToken', body),
        ),
      signal,
    );
    count += found.entries.length;
    pageToken = found.nextPageToken;
    if (pageToken === '') return weighAll(count, question, span);
    const decided = decidedBy(count, question, span);
    if (decided) return decided;
  }
  return unknown(
    `More than ${sayNumber(count)} entries in ${saySpan(span)} are too many to count, ${sayAsked(question)}. Make a log-based metric of the filter and ask for that.`,
  );
}

function weighAll(count: number, question: LogQuestion, span: Span): Finding {
  const { atLeast, per } = question;
  if (count > 0 || atLeast === undefined) return weighCount(count, question, per, span);
  return unknown(
    `No entry in ${saySpan(span)}, ${sayAsked(question)}${sayPer(per)}: nothing happened, or the filter does not find it`,
  );
}

/** What so many entries show already, whatever is still to come. */
function decidedBy(count: number, question: LogQuestion, span: Span): Finding | undefined {
  const { atLeast = 0, atMost, per } = question;
  const value = count * scaleOf(per, span);
  const answer = atMost === undefined ? 'good' : 'off';
  if (atMost === undefined ? value < atLeast : value <= atMost) return undefined;
  const seen = `More than ${sayMeasured(question, value)}${sayPer(per)}, ${sayAsked(question)}`;
  return { answer, detail: `${seen} (counting stopped at ${sayNumber(count)} in ${saySpan(span)})` };
}
