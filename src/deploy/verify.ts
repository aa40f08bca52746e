import { CloudError } from '../google/cloud-error.ts';
import type { Clock } from '../plan/clock.ts';
import type { SmokeTest } from '../plan/schema.ts';
import type { LogLine } from './error-logs.ts';
import type { VersionSummary } from './versions.ts';

/** One result of the checks on a version that has no traffic yet. */
export interface Check {
  readonly name: string;
  readonly ok: boolean;
  /** What was seen, in words that need no further look. */
  readonly detail: string;
}

/** A cold start may eat the first answers. */
const TRIES = 4;
const PAUSE_MS = 1_000;
/** A start-up that takes longer than App Engine's own limit for a request is no start-up. */
const LIMIT_MS = 60_000;

export function checkVersion(version: string, found: VersionSummary | undefined): Check {
  const name = 'Version';
  if (!found) return { name, ok: false, detail: `App Engine has no version ${version}.` };
  const ok = found.servingStatus === 'SERVING';
  return {
    name,
    ok,
    detail: `${version} runs on ${found.runtime} and is ${ok ? 'serving' : found.servingStatus.toLowerCase()}.`,
  };
}

/**
 * Asks the version's own address, past the split. Tried again while the app starts; what counts is the last try.
 * The latency is that of a real request, whatever the clock's speed.
 */
export async function runSmokeTest(
  versionUrl: string,
  test: SmokeTest,
  clock: Clock,
  signal?: AbortSignal,
): Promise<Check> {
  const name = `GET ${test.path}`;
  let detail = '';
  for (let attempt = 1; attempt <= TRIES; attempt++) {
    if (attempt > 1) await clock.sleep(PAUSE_MS * 2 ** (attempt - 2), signal);
    const seen = await ask(new URL(test.path, versionUrl), test, signal);
    if (seen.ok) return { name, ok: true, detail: seen.detail };
    detail = seen.detail;
  }
  return { name, ok: false, detail: `${detail} (${TRIES} tries)` };
}

async function ask(
  url: URL,
  test: SmokeTest,
  signal?: AbortSignal,
): Promise<{ ok: boolean; detail: string }> {
  const begun = performance.now();
  const limits = [AbortSignal.timeout(LIMIT_MS), ...(signal ? [signal] : [])];
  let status: number;
  let body: string;
  try {
    const response = await fetch(url, { signal: AbortSignal.any(limits), redirect: 'manual' });
    status = response.status;
    body = await response.text();
  } catch (error) {
    signal?.throwIfAborted();
    return { ok: false, detail: `No answer from ${url.origin}: ${reasonOf(error)}.` };
  }
  const took = Math.round(performance.now() - begun);
  if (status !== test.status) {
    return { ok: false, detail: `Answered ${status} instead of ${test.status}: "${snippet(body)}".` };
  }
  if (took > test.within)
    return { ok: false, detail: `Answered after ${took} ms; at most ${test.within} ms are allowed.` };
  if (test.body !== undefined && !patternOf(test.body).test(body)) {
    return { ok: false, detail: `The answer does not contain /${test.body}/: "${snippet(body)}".` };
  }
  return { ok: true, detail: `${status} after ${took} ms.` };
}

function patternOf(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch (error) {
    throw new CloudError(
      'invalid',
      `The plan's smoke test looks for /${text}/, which is no regular expression: ${reasonOf(error)}. Correct the plan.`,
    );
  }
}

export function checkLogs(lines: readonly LogLine[]): Check {
  const name = 'Error logs';
  const [first] = lines;
  if (!first) return { name, ok: true, detail: 'None.' };
  const count = lines.length === 1 ? '1 entry' : `${lines.length} entries`;
  return { name, ok: false, detail: `${count}, the latest: "${snippet(first.text)}".` };
}

function snippet(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 120 ? `${line.slice(0, 117)}...` : line;
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `nothing within ${LIMIT_MS / 1000} seconds`;
  return error.cause instanceof Error ? error.cause.message || String(error.cause) : error.message;
}
