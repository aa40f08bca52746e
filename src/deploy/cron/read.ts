import {
  entriesOf,
  fault,
  fileFault,
  isNull,
  itemsOf,
  openYaml,
  type Spot,
  said,
} from '../app-yaml/document.ts';
import { number, pattern, type Read, refuseApplication, text, whole } from '../app-yaml/kinds.ts';
import { pythonText } from '../app-yaml/scalars.ts';
import { type Fields, type Given, readFields } from '../app-yaml/shape.ts';
import { readConfigText } from '../config-text.ts';
import { type CronJob, jobKey } from './job.ts';
import { scheduleFault } from './schedule.ts';

/** "Paid applications can have up to 250 scheduled tasks", says the guide to cron.yaml. */
const MOST_JOBS = 250;
/** From here on App Engine refuses. */
const MOST_RETRIES = 5;
/** What gcloud fills in where any retry parameter is given, in seconds. */
const RETRY_DEFAULTS = { min: 0.1, max: 3600, doublings: 16, age: 0 };

type RetryConfig = NonNullable<CronJob['retryConfig']>;

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

const RETRY: Fields = {
  job_retry_limit: { read: upTo(MOST_RETRIES) },
  job_age_limit: { read: age },
  min_backoff_seconds: { read: number({ from: 0, to: Number.MAX_SAFE_INTEGER }) },
  max_backoff_seconds: { read: number({ from: 0, to: Number.MAX_SAFE_INTEGER }) },
  max_doublings: { read: whole(0) },
};

const ENTRY: Fields = {
  url: { read: pattern(/\/.*/, 'a path such as /tasks/daily'), required: true },
  schedule: { read: schedule, required: true },
  timezone: { read: timeZone },
  target: {
    read: pattern(
      /(?:(?!-)[a-z\d-]{1,63}:)?(?!-)[a-z\d-]{1,100}/,
      'the name of a service: small letters, digits and hyphens',
    ),
  },
  description: { read: pattern(/.{0,499}/, 'one line of up to 499 characters') },
  retry_parameters: { read: retryConfig },
};

const ROOT: Fields = {
  application: { read: refuseApplication, unlisted: true },
  cron: { read: (spot) => itemsOf(spot).map((item) => ({ spot: item, job: job(item) })), readsEmpty: true },
};

/**
 * The jobs of a cron.yaml, as gcloud would have Scheduler make them. `cron:` with nothing behind it is no job at all.
 * @throws CloudError `invalid` with file, line and key.
 */
export async function readCronYaml(path: string): Promise<CronJob[]> {
  const file = openYaml(path, await readConfigText(path, 'the cron jobs'), 'cron: []');
  if (!file.root) throw fileFault(file, 'is empty: write "cron: []" if the app is to have no cron jobs.');
  const root = { file, key: '', node: file.root, keyNode: undefined };
  const cron = entriesOf(root).find(({ name }) => name === 'cron');
  if (cron && isNull(cron.spot)) return [];
  const given = readFields(root, ROOT, 'in cron.yaml').get('cron');
  if (!given) throw fileFault(file, 'has no list of jobs: write "cron:" above them.');
  const entries = given.value as { spot: Spot; job: CronJob }[];
  if (entries.length > MOST_JOBS) {
    throw fault(
      given.spot,
      `cron has ${entries.length} jobs; App Engine takes ${MOST_JOBS} at most: join some.`,
    );
  }
  const seen = new Map<string, string>();
  for (const { spot, job } of entries) {
    const key = jobKey(job, '');
    const earlier = seen.get(key);
    if (earlier !== undefined) {
      throw fault(spot, `${spot.key} is the same job as ${earlier}: delete one of the two.`);
    }
    seen.set(key, spot.key);
  }
  return entries.map((entry) => entry.job);
}

function job(spot: Spot): CronJob {
  const given = readFields(spot, ENTRY, `in ${spot.key}`);
  const value = (key: string) => given.get(key)?.value as string | undefined;
  const [target, description] = [value('target'), value('description')];
  const retry = given.get('retry_parameters')?.value as RetryConfig | undefined;
  return {
    appEngineHttpTarget: {
      httpMethod: 'GET',
      relativeUri: value('url') ?? '/',
      appEngineRouting: target === undefined ? {} : { service: target },
    },
    ...(description === undefined ? {} : { description }),
    legacyAppEngineCron: true,
    ...(retry && { retryConfig: retry }),
    schedule: value('schedule') ?? '',
    timeZone: value('timezone') ?? 'UTC',
  };
}

function schedule(spot: Spot): string {
  const value = text(spot);
  const wrong = scheduleFault(value);
  if (wrong === undefined) return value;
  throw fault(spot, `${spot.key} is "${value}", which ${wrong}.`);
}

function timeZone(spot: Spot): string {
  const value = text(spot);
  try {
    new Intl.DateTimeFormat('en', { timeZone: value });
    return value;
  } catch {
    throw fault(spot, `${spot.key} must be a time zone such as Europe/London, but ${said(spot)}.`);
  }
}

/** Any parameter that is given brings the others, with gcloud's defaults. */
function retryConfig(spot: Spot): RetryConfig {
  const given = readFields(spot, RETRY, `in ${spot.key}`);
  const { min, max } = backoff(given, spot);
  const value = (key: string) => given.get(key)?.value as number | undefined;
  const retries = value('job_retry_limit');
  return {
    maxBackoffDuration: max,
    maxDoublings: value('max_doublings') ?? RETRY_DEFAULTS.doublings,
    maxRetryDuration: `${value('job_age_limit') ?? RETRY_DEFAULTS.age}s`,
    minBackoffDuration: min,
    ...(retries === undefined ? {} : { retryCount: retries }),
  };
}

/** A default gives way to the bound that is given, so that the two stay in order. */
function backoff(given: Given, spot: Spot): { min: string; max: string } {
  const min = given.get('min_backoff_seconds')?.value as number | undefined;
  const max = given.get('max_backoff_seconds')?.value as number | undefined;
  if (min !== undefined && max !== undefined) {
    if (max < min) {
      throw fault(spot, `${spot.key}: min_backoff_seconds (${min}) is above max_backoff_seconds (${max}).`);
    }
    return { min: seconds(min), max: seconds(max) };
  }
  // gcloud takes a lone 0 for nothing at all.
  const least = Math.min(min || RETRY_DEFAULTS.min, max || Number.POSITIVE_INFINITY);
  return { min: seconds(least), max: seconds(Math.max(max ?? RETRY_DEFAULTS.max, least)) };
}

/** As Python prints a number with a fraction: "10.0s". */
function seconds(value: number): string {
  return `${pythonText({ kind: 'fraction', value: Number(value.toFixed(8)) })}s`;
}

/** "2h" or "3.5d", in whole seconds. */
function age(spot: Spot): number {
  const value = pattern(/(?:\d+\.?\d*|\.\d+)[smhd]/, 'a time such as 2h or 3.5d')(spot).trim();
  const total = Math.trunc(Number(value.slice(0, -1)) * (UNITS[value.slice(-1)] ?? 1));
  if (total > 0) return total;
  throw fault(spot, `${spot.key} must be a second or more, but ${said(spot)}.`);
}

function upTo(most: number): Read<number> {
  const read = whole(0);
  return (spot) => {
    const value = read(spot);
    if (value <= most) return value;
    throw fault(spot, `${spot.key} must be ${most} or less, but ${said(spot)}.`);
  };
}
