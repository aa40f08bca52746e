import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nextFiring } from '../../src/sandbox/app-engine/cron/next.ts';
import { backoff, retryOf } from '../../src/sandbox/app-engine/cron/retry.ts';
import { parseSchedule, type Schedule } from '../../src/sandbox/app-engine/cron/schedule.ts';
import { SandboxClock } from '../../src/sandbox/clock.ts';
import { app, appEngine, deploy, eventually, rest, SIGNALS, split, tempFolder } from './support.ts';

const MINUTE = 60_000;
const JOBS = '/v1beta1/projects/demo/locations/us-central1/jobs';

function schedule(text: string): Schedule {
  const parsed = parseSchedule(text);
  if (!parsed) throw new Error(`'${text}' should be a schedule.`);
  return parsed;
}

function firings(text: string, zone: string, from: string, count: number): string[] {
  const found: string[] = [];
  const last = Date.parse(from);
  for (let at = last; found.length < count; ) {
    at = nextFiring(schedule(text), zone, at, last) ?? Number.NaN;
    found.push(new Date(at).toISOString().slice(0, 16));
  }
  return found;
}

test('the schedules of the documentation fall where it says', () => {
  const from = '2026-01-01T10:02:00Z';
  expect(firings('every 5 minutes', 'UTC', from, 2)).toEqual(['2026-01-01T10:07', '2026-01-01T10:12']);
  expect(firings('every 1 hours synchronized', 'UTC', from, 2)).toEqual([
    '2026-01-01T11:00',
    '2026-01-01T12:00',
  ]);
  expect(firings('every 4 hours from 08:00 to 20:00', 'UTC', from, 4)).toEqual([
    '2026-01-01T12:00',
    '2026-01-01T16:00',
    '2026-01-01T20:00',
    '2026-01-02T08:00',
  ]);
  expect(firings('every 90 mins from 22:00 to 02:00', 'UTC', from, 4)).toEqual([
    '2026-01-01T22:00',
    '2026-01-01T23:30',
    '2026-01-02T01:00',
    '2026-01-02T22:00',
  ]);
  expect(firings('every day 09:00', 'Asia/Tokyo', from, 1)).toEqual(['2026-01-02T00:00']);
  expect(firings('every monday 06:45', 'Europe/London', from, 2)).toEqual([
    '2026-01-05T06:45',
    '2026-01-12T06:45',
  ]);
  expect(firings('1st,3rd monday of month 04:00', 'UTC', from, 3)).toEqual([
    '2026-01-05T04:00',
    '2026-01-19T04:00',
    '2026-02-02T04:00',
  ]);
  expect(firings('1 of jan,april,july,oct 00:00', 'UTC', from, 2)).toEqual([
    '2026-04-01T00:00',
    '2026-07-01T00:00',
  ]);
  expect(firings('2nd friday of 3rd month of quarter 12:00', 'UTC', from, 2)).toEqual([
    '2026-03-13T12:00',
    '2026-06-12T12:00',
  ]);
  expect(firings('29 of february 01:00', 'UTC', from, 1)).toEqual(['2028-02-29T01:00']);
  expect(nextFiring(schedule('31 of feb 01:00'), 'UTC', 0, 0)).toBeUndefined();
});

test('summer time: a time that does not come is an hour later, one that comes twice counts once', () => {
  expect(firings('every day 02:30', 'Europe/Berlin', '2026-03-28T12:00:00Z', 2)).toEqual([
    '2026-03-29T01:30',
    '2026-03-30T00:30',
  ]);
  expect(firings('every day 02:30', 'Europe/Berlin', '2026-10-24T12:00:00Z', 2)).toEqual([
    '2026-10-25T00:30',
    '2026-10-26T01:30',
  ]);
});

test('the next firing is the first minute that fits, in every zone', () => {
  const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
  const zones = ['UTC', 'Europe/London', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe'];
  fc.assert(
    fc.property(
      fc.integer({ min: Date.UTC(2025, 0, 1) / MINUTE, max: Date.UTC(2029, 0, 1) / MINUTE }),
      fc.constantFrom(...zones),
      fc.subarray([1, 2, 3, 4, 5], { minLength: 1 }),
      fc.subarray(days, { minLength: 1 }),
      // Later than any change of summer time.
      fc.integer({ min: 4 * 60, max: 24 * 60 - 1 }),
      (minute, zone, ordinals, weekdays, at) => {
        const after = minute * MINUTE;
        const words = ordinals.map((n) => ['1st', '2nd', '3rd', '4th', '5th'][n - 1]).join(',');
        const time = `${String(Math.floor(at / 60)).padStart(2, '0')}:${String(at % 60).padStart(2, '0')}`;
        const next =
          nextFiring(schedule(`${words} ${weekdays.join(',')} of month ${time}`), zone, after, 0) ?? 0;
        const parts = wallClock(zone);
        const fits = (ms: number) => {
          const { weekday, day, hourMinute } = parts(ms);
          return hourMinute === time && weekdays.includes(weekday) && ordinals.includes(Math.ceil(day / 7));
        };
        expect(next).toBeGreaterThan(after);
        expect(fits(next)).toBe(true);
        // A day's firing is at one wall time: those in between would be near this time on the days before.
        for (let day = 1; next - day * 24 * 60 * MINUTE > after - 24 * 60 * MINUTE; day++) {
          for (const shift of [-60, -30, 0, 30, 60]) {
            const between = next - day * 24 * 60 * MINUTE + shift * MINUTE;
            if (between > after && between < next) expect(fits(between)).toBe(false);
          }
        }
      },
    ),
  );
});

test('an interval within a part of the day stays in it and on its grid', () => {
  const time = fc.integer({ min: 0, max: 24 * 60 - 1 });
  const text = (minute: number) =>
    `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 60 * 24 * 400 }),
      fc.integer({ min: 1, max: 2000 }),
      time,
      time,
      (minute, step, from, to) => {
        fc.pre(from !== to);
        const after = minute * MINUTE;
        const when = schedule(`every ${step} minutes from ${text(from)} to ${text(to)}`);
        const next = nextFiring(when, 'UTC', after, 0) ?? 0;
        const length = (to - from + 1440) % 1440;
        const since = (ms: number) => (((ms / MINUTE - from) % 1440) + 1440) % 1440;
        const fits = (ms: number) => since(ms) <= length && since(ms) % step === 0;
        expect(next).toBeGreaterThan(after);
        expect(fits(next)).toBe(true);
        for (let ms = after + MINUTE; ms < next; ms += MINUTE) expect(fits(ms)).toBe(false);
      },
    ),
  );
});

test('plain intervals count on from the last run and never look back', () => {
  fc.assert(
    fc.property(fc.nat(1e9), fc.nat(1e9), fc.integer({ min: 1, max: 10_000 }), (last, later, minutes) => {
      const after = last + later;
      const next = nextFiring({ kind: 'interval', minutes }, 'UTC', after, last) ?? 0;
      expect(next).toBeGreaterThan(after);
      expect(next - after).toBeLessThanOrEqual(minutes * MINUTE);
      expect((next - last) % (minutes * MINUTE)).toBe(0);
    }),
  );
});

test('what is no schedule is refused as Cloud Scheduler does', async () => {
  const engine = await appEngine();
  const refused = [
    ...['every 0 minutes', 'every 5 Minutes', 'every 1 hour', '0 * * * *', 'every 7 hours synchronized'],
    ...['every day 24:00', 'every funday 09:00', '6th monday of month 09:00', '32 of month 09:00', 'daily'],
    ...['every day', '4th month of quarter 09:00', 'every 5 minutes from 09:00', ''],
  ];
  for (const text of refused) {
    const { status, body } = await rest(engine, 'POST', JOBS, { schedule: text });
    expect({ text, status, error: (body.error as { message: string }).message }).toEqual({
      text,
      status: 400,
      error: 'Schedule or time zone is invalid.',
    });
  }
  const zone = await rest(engine, 'POST', JOBS, { schedule: 'every 5 minutes', timeZone: 'Mars/Olympus' });
  expect(zone.status).toBe(400);
  const path = { schedule: 'every 5 minutes', appEngineHttpTarget: { relativeUri: 'tasks' } };
  expect((await rest(engine, 'POST', JOBS, path)).status).toBe(400);
  expect((await rest(engine, 'GET', JOBS)).body).toEqual({});
});

/** Tells who asked, so that forged headers show. */
const TELL_CRON = app(
  `console.log(JSON.stringify({ message: 'asked', path: request.url, cron: request.headers['x-appengine-cron'] ?? 'no', version: process.env.GAE_VERSION, date: request.headers.date }));
   response.writeHead(request.url === '/bad' ? 500 : 200); response.end();`,
);

interface Asked {
  readonly path: string;
  readonly cron: string;
  readonly version: string;
}

async function asked(engine: Awaited<ReturnType<typeof appEngine>>, path: string): Promise<Asked[]> {
  const filter = `jsonPayload.path="${path}"`;
  const { body } = await rest(engine, 'POST', '/v2/entries:list', {
    resourceNames: ['projects/demo'],
    filter,
    pageSize: 1000,
  });
  return ((body.entries ?? []) as { jsonPayload: Asked }[]).map(({ jsonPayload }) => jsonPayload);
}

test('jobs fire through the split or at their target, are logged as requests, and outlive a restart', async () => {
  const dataDir = tempFolder();
  const clock = new SandboxClock(600);
  const engine = await appEngine({ dataDir, clock });
  await deploy(engine, 'v1', TELL_CRON);
  await deploy(engine, 'v2', TELL_CRON);
  await split(engine, 'RANDOM', { v1: 1 });
  const job = (relativeUri: string, appEngineRouting?: object) => ({
    schedule: 'every 1 minutes',
    legacyAppEngineCron: true,
    appEngineHttpTarget: { relativeUri, ...(appEngineRouting && { appEngineRouting }) },
  });
  const made = await rest(engine, 'POST', JOBS, job('/plain'));
  await rest(engine, 'POST', JOBS, job('/target', { service: 'default', version: 'v2' }));
  const bad = await rest(engine, 'POST', JOBS, job('/bad', { service: 'default' }));
  await fetch(`${engine.proxyUrl}/forged`, {
    headers: { 'x-appengine-cron': 'true', 'x-sandbox-cron': 'guess' },
  });

  const three = async (path: string) => {
    const calls = await asked(engine, path);
    return calls.length >= 3 ? calls : undefined;
  };
  for (const { cron, version } of await eventually(() => three('/plain'))) {
    expect({ cron, version }).toEqual({ cron: 'true', version: 'v1' });
  }
  for (const { cron, version } of await eventually(() => three('/target'))) {
    expect({ cron, version }).toEqual({ cron: 'true', version: 'v2' });
  }
  expect(await asked(engine, '/forged')).toMatchObject([{ cron: 'no' }]);
  const failed = await eventually(async () => {
    const { body } = await rest(engine, 'GET', `/v1beta1/${bad.body.name}`);
    return body.status ? body : undefined;
  });
  expect(failed).toMatchObject({ status: { code: 2 }, state: 'ENABLED' });
  expect(Date.parse(String(failed.scheduleTime))).toBeGreaterThan(Date.parse(String(failed.lastAttemptTime)));
  const { body: logged } = await rest(engine, 'POST', '/v2/entries:list', {
    resourceNames: ['projects/demo'],
    filter: 'protoPayload.resource="/plain"',
  });
  expect((logged.entries as object[])[0]).toMatchObject({
    protoPayload: { ip: '0.1.0.2', userAgent: expect.stringContaining('AppEngine-Google'), status: 200 },
  });

  const before = (await asked(engine, '/plain')).length;
  await engine.close();
  // Two hours go by meanwhile: what was missed is not made up for.
  const later = new SandboxClock(600, clock.now() + 120 * MINUTE);
  const again = await appEngine({ dataDir, clock: later });
  const since = later.now();
  const after = await eventually(async () => {
    const calls = await asked(again, '/plain');
    return calls.length > before ? calls : undefined;
  });
  expect(after.length - before).toBeLessThanOrEqual((later.now() - since) / MINUTE + 1);

  const name = String(made.body.name);
  expect((await rest(again, 'DELETE', `/v1beta1/${name}`)).status).toBe(200);
  expect((await rest(again, 'GET', `/v1beta1/${name}`)).status).toBe(404);
  const left = (await asked(again, '/plain')).length;
  await later.sleep(5 * MINUTE);
  expect((await asked(again, '/plain')).length - left).toBeLessThanOrEqual(1);
});

test('a run that fails is tried again as far as the job allows, and tells App Engine’s headers', async () => {
  const engine = await appEngine();
  const fails = app(`
    const { url: path, headers } = request;
    const told = Object.fromEntries(Object.entries(headers).filter(([name]) => /appengine-(cron|queue|task)|cloudsched/.test(name)));
    console.log(JSON.stringify({ message: 'asked', path, ...told }));
    response.statusCode = Number(headers['x-appengine-taskretrycount']) < 2 ? 500 : 200;
    response.end();
  `);
  await deploy(engine, 'v1', fails);
  const run = async (relativeUri: string, tries: number, retryConfig?: object) => {
    const job = {
      schedule: 'every 24 hours',
      legacyAppEngineCron: true,
      appEngineHttpTarget: { relativeUri },
    };
    const made = await rest(engine, 'POST', JOBS, { ...job, ...(retryConfig && { retryConfig }) });
    const name = String(made.body.name);
    expect((await rest(engine, 'POST', `/v1/${name}:run`, {})).status).toBe(200);
    const done = await eventually(async () => {
      const { body } = await rest(engine, 'GET', `/v1beta1/${name}`);
      return body.status === undefined ? undefined : body;
    });
    // What the app writes comes by another way than its answer.
    const calls = await eventually(async () => {
      const found = await asked(engine, relativeUri);
      return found.length >= tries ? found : undefined;
    });
    return { name, status: done.status, calls };
  };

  expect(await run('/once', 1)).toMatchObject({ status: { code: 2 }, calls: [{ path: '/once' }] });
  const again = await run('/again', 3, { retryCount: 5, minBackoffDuration: '60s' });
  expect(again.status).toEqual({ code: 0 });
  expect(again.calls).toMatchObject(
    ['0', '1', '2'].map((retry) => ({
      'x-appengine-cron': 'true',
      'x-appengine-queuename': '__cron',
      'x-appengine-taskretrycount': retry,
      'x-cloudscheduler': 'true',
      'x-cloudscheduler-jobname': again.name.split('/').at(-1),
    })),
  );
  const missing = await rest(engine, 'POST', `/v1${JOBS.slice('/v1beta1'.length)}/nothing:run`, {});
  expect(missing.status).toBe(404);
});

test('waits between tries double so many times, then grow evenly, up to the longest', () => {
  const retry = retryOf({
    retryConfig: { minBackoffDuration: '10s', maxBackoffDuration: '300s', maxDoublings: 3 },
  });
  const seconds = Array.from({ length: 7 }, (_, i) => backoff(retry, i + 1) / 1000);
  // The example of Cloud Scheduler's own documentation.
  expect(seconds).toEqual([10, 20, 40, 80, 160, 240, 300]);
});

test('the sample comes with its jobs installed', async () => {
  const engine = await appEngine({ clock: new SandboxClock(1) });
  await engine.seed('default', 'v1', SIGNALS);
  const { body } = await rest(engine, 'GET', `${JOBS}?legacyAppEngineCron=true`);
  const jobs = body.jobs as { schedule: string; scheduleTime: string }[];
  expect(jobs.length).toBeGreaterThanOrEqual(2);
  for (const one of jobs) expect(Date.parse(one.scheduleTime)).not.toBeNaN();
  await engine.seed('default', 'v1', SIGNALS);
  expect((await rest(engine, 'GET', `${JOBS}?legacyAppEngineCron=true`)).body.jobs).toHaveLength(jobs.length);
});

interface Wall {
  readonly weekday: string;
  readonly day: number;
  readonly hourMinute: string;
}

/** What a clock on the wall of a zone shows, by another way than the code under test takes. */
function wallClock(zone: string): (ms: number) => Wall {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    weekday: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  return (ms) => {
    const parts = new Map(format.formatToParts(ms).map(({ type, value }) => [type, value]));
    return {
      weekday: (parts.get('weekday') ?? '').toLowerCase(),
      day: Number(parts.get('day')),
      hourMinute: `${parts.get('hour')}:${parts.get('minute')}`,
    };
  };
}
