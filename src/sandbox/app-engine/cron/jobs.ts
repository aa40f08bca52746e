import { randomUUID } from 'node:crypto';
import type { SandboxClock } from '../../clock.ts';
import type { Documents } from '../documents.ts';
import { type JsonObject, objectAt, textAt } from '../json.ts';
import { badField, Refusal } from '../refusal.ts';
import { timestamp } from '../resources.ts';
import { isZone, nextFiring } from './next.ts';
import { backoff, retryOf } from './retry.ts';
import { parseSchedule, type Schedule } from './schedule.ts';

export const REGION = 'us-central1';

/** google.rpc.Code: no error, and what a job is left with whose request was not answered with a 2xx. */
const OK = 0;
const UNKNOWN = 2;

/** One try of a run of a job. */
export interface Attempt {
  /** The job's last part of the name. */
  readonly job: string;
  /** When the run was due, milliseconds of the sandbox's clock. */
  readonly due: number;
  /** 0 for the first try. */
  readonly retry: number;
}

/** Asks for what a job wants. @returns the answer's status code; 0 when there was none */
export type Visit = (target: JsonObject, attempt: Attempt) => Promise<number>;

/**
 * The cron jobs of the project, which are run when they are due. A job whose last run is still under way is passed over
 * once, and what was missed while the process was down is not made up for.
 */
export class CronJobs {
  readonly parent: string;
  readonly #documents: Documents;
  readonly #clock: SandboxClock;
  readonly #visit: Visit;
  readonly #due = new Map<string, () => void>();
  readonly #running = new Set<string>();
  readonly #closing = new AbortController();

  constructor(project: string, documents: Documents, clock: SandboxClock, visit: Visit) {
    this.parent = `projects/${project}/locations/${REGION}`;
    this.#documents = documents;
    this.#clock = clock;
    this.#visit = visit;
    for (const job of documents.list('job/')) this.#await(textAt(job, 'name') ?? '');
  }

  list(): JsonObject[] {
    return this.#documents.list('job/');
  }

  /** @throws Refusal NOT_FOUND */
  get(name: string): JsonObject {
    const job = this.#documents.get(`job/${name}`);
    if (!job) throw new Refusal('NOT_FOUND', 'Job not found.');
    return job;
  }

  /** @param wanted a Job as `jobs.create` takes it. @throws Refusal */
  create(wanted: JsonObject): JsonObject {
    if (textAt(wanted, 'schedule') === undefined)
      throw badField('job.schedule', 'Field job.schedule is required.');
    const target = objectAt(wanted, 'appEngineHttpTarget');
    if (!(textAt(target, 'relativeUri') ?? '/').startsWith('/')) {
      throw badField('job.appEngineHttpTarget.relativeUri', 'The relative URI must begin with "/".');
    }
    const name = textAt(wanted, 'name') ?? `${this.parent}/jobs/${randomUUID()}`;
    if (this.#documents.get(`job/${name}`))
      throw new Refusal('ALREADY_EXISTS', `Job ${name} already exists.`);
    const job: JsonObject = {
      ...wanted,
      timeZone: textAt(wanted, 'timeZone') || 'UTC',
      appEngineHttpTarget: { httpMethod: 'GET', relativeUri: '/', ...target },
      name,
      state: 'ENABLED',
      userUpdateTime: timestamp(this.#clock.now()),
    };
    timing(job);
    this.#documents.put(`job/${name}`, job);
    this.#await(name);
    return this.get(name);
  }

  delete(name: string): void {
    this.get(name);
    this.#due.get(name)?.();
    this.#due.delete(name);
    this.#documents.delete(`job/${name}`);
  }

  /** Runs a job now, besides its schedule. @throws Refusal NOT_FOUND */
  runNow(name: string): JsonObject {
    this.get(name);
    if (!this.#running.has(name)) void this.#run(name, this.#clock.now());
    return this.get(name);
  }

  close(): void {
    this.#closing.abort();
    for (const cancel of this.#due.values()) cancel();
    this.#due.clear();
  }

  #await(name: string): void {
    const job = this.get(name);
    const { schedule, zone } = timing(job);
    const last = Date.parse(textAt(job, 'lastAttemptTime') ?? textAt(job, 'userUpdateTime') ?? '');
    const next = nextFiring(schedule, zone, this.#clock.now(), last);
    if (next === undefined) return;
    this.#documents.put(`job/${name}`, { ...job, scheduleTime: timestamp(next) });
    this.#due.get(name)?.();
    this.#due.set(
      name,
      this.#clock.alarm(next, () => void this.#run(name, next)),
    );
  }

  async #run(name: string, due: number): Promise<void> {
    const job = this.get(name);
    if (this.#running.has(name)) return this.#await(name);
    this.#documents.put(`job/${name}`, { ...job, lastAttemptTime: timestamp(this.#clock.now()) });
    this.#await(name);
    this.#running.add(name);
    const answered = await this.#attempts(job, due);
    this.#running.delete(name);
    if (this.#closing.signal.aborted) return;
    // Somebody may have deleted it while it ran.
    const now = this.#documents.get(`job/${name}`);
    const code = isGood(answered) ? OK : UNKNOWN;
    if (now) this.#documents.put(`job/${name}`, { ...now, status: { code } });
  }

  /** Tries until the answer is good, the job's limits are reached, its next run is due or it is deleted. */
  async #attempts(job: JsonObject, due: number): Promise<number> {
    const name = textAt(job, 'name') ?? '';
    const limits = retryOf(job);
    const began = this.#clock.now();
    for (let retry = 0; ; retry++) {
      const attempt = { job: name.split('/').at(-1) ?? '', due, retry };
      const answered = await this.#visit(objectAt(job, 'appEngineHttpTarget'), attempt);
      if (isGood(answered)) return answered;
      const wait = backoff(limits, retry + 1);
      const again = this.#clock.now() + wait;
      const exhausted = retry >= limits.most && again - began > limits.age;
      const next = Date.parse(textAt(this.#documents.get(`job/${name}`), 'scheduleTime') ?? '');
      if (exhausted || !(again < next)) return answered;
      try {
        await this.#clock.sleep(wait, this.#closing.signal);
      } catch {
        // Only closing ends the wait early.
        return answered;
      }
    }
  }
}

function isGood(status: number): boolean {
  return status >= 200 && status < 300;
}

/** @throws Refusal in Cloud Scheduler's words, with the field at fault */
function timing(job: JsonObject): { schedule: Schedule; zone: string } {
  const [text, zone] = [textAt(job, 'schedule') ?? '', textAt(job, 'timeZone') ?? ''];
  const schedule = parseSchedule(text);
  const fault = schedule ? 'job.timeZone' : 'job.schedule';
  if (schedule && isZone(zone)) return { schedule, zone };
  throw badField(fault, 'Schedule or time zone is invalid.');
}
