import type { Clock } from '../plan/clock.ts';
import type { Check, PageTest } from '../plan/terms.ts';
import { timeLimit } from '../plan/time-limit.ts';
import { jsonFault } from './json-value.ts';

/** A cold start may eat the first answers. */
const TRIES = 4;
const PAUSE_MS = 1_000;
/** A start-up that takes longer than App Engine's own limit for a request is no start-up. */
const LIMIT_MS = 60_000;
/** More of a body is not looked at, so that a page without end fills no memory. */
const LONGEST_BODY = 1_000_000;

/**
 * Asks a page of a version at its own address, past the split. Tried again while the app starts; what counts is the
 * last try. The latency is that of a real request, whatever the clock's speed. Throws the signal's reason only.
 */
export async function runPageTest(
  base: string,
  test: PageTest,
  clock: Clock,
  signal?: AbortSignal,
): Promise<Check> {
  const name = `GET ${test.path}`;
  const target = targetOf(base, test);
  if ('fault' in target) return { name, ok: false, detail: target.fault };
  let detail = '';
  for (let attempt = 1; attempt <= TRIES; attempt++) {
    if (attempt > 1) await clock.sleep(PAUSE_MS * 2 ** (attempt - 2), signal);
    const answer = await ask(target.url, signal);
    if ('fault' in answer) {
      detail = answer.fault;
      continue;
    }
    const fault = faultOf(answer, test, target.pattern);
    if (fault === undefined) return { name, ok: true, detail: `${answer.status} after ${answer.took} ms.` };
    detail = fault;
  }
  return { name, ok: false, detail: `${detail} (${TRIES} tries)` };
}

interface Target {
  readonly url: URL;
  readonly pattern: RegExp | undefined;
}

interface Fault {
  readonly fault: string;
}

/** What can be seen to be wrong without asking. */
function targetOf(base: string, test: PageTest): Target | Fault {
  if (!URL.canParse(test.path, base) || new URL(test.path, base).origin !== new URL(base).origin) {
    return {
      fault: `The plan asks for ${test.path} at ${base}; a path such as /healthz is wanted. Correct the plan.`,
    };
  }
  try {
    const pattern = test.body === undefined ? undefined : new RegExp(test.body);
    return { url: new URL(test.path, base), pattern };
  } catch (error) {
    return {
      fault: `The plan looks for /${test.body}/, which is no regular expression: ${reasonOf(error)}. Correct the plan.`,
    };
  }
}

interface Answer {
  readonly status: number;
  readonly body: string;
  /** Real milliseconds. */
  readonly took: number;
}

async function ask(url: URL, signal?: AbortSignal): Promise<Answer | Fault> {
  const begun = performance.now();
  const limits = [timeLimit(LIMIT_MS), ...(signal ? [signal] : [])];
  try {
    const response = await fetch(url, { signal: AbortSignal.any(limits), redirect: 'manual' });
    const body = await textOf(response);
    return { status: response.status, body, took: Math.round(performance.now() - begun) };
  } catch (error) {
    signal?.throwIfAborted();
    return { fault: `No answer from ${url.origin}: ${reasonOf(error)}.` };
  }
}

async function textOf(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const bytes of response.body ?? []) {
    text += decoder.decode(bytes, { stream: true });
    // Leaving the loop closes the connection.
    if (text.length > LONGEST_BODY) return text;
  }
  return text + decoder.decode();
}

function faultOf(answer: Answer, test: PageTest, pattern: RegExp | undefined): string | undefined {
  const { status, body, took } = answer;
  if (status !== test.status) return `Answered ${status} instead of ${test.status}: "${snippet(body)}".`;
  if (took > test.within) return `Answered after ${took} ms; at most ${test.within} ms are allowed.`;
  if (pattern && !pattern.test(body))
    return `The answer does not contain /${test.body}/: "${snippet(body)}".`;
  const wrong = test.json && jsonFault(body, test.json);
  return wrong === undefined ? undefined : `${wrong}: "${snippet(body)}".`;
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
