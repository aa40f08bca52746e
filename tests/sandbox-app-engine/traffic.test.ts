import { type IncomingHttpHeaders, request } from 'node:http';
import { describe, expect, it } from 'vitest';
import type { AppEngine, AppEngineOptions } from '../../src/sandbox/app-engine/index.ts';
import { SandboxClock } from '../../src/sandbox/clock.ts';
import { app, appEngine, deploy, eventually, rest, split, TELL_VERSION, tempFolder } from './support.ts';

const MINUTE = 60_000;

describe('who gets which version', () => {
  it('by cookie: whoever was let in stays in when the gate opens further', async () => {
    const engine = await appEngine();
    await deploy(engine, 'v1');
    await deploy(engine, 'v2');
    await split(engine, 'COOKIE', { v1: 0.9, v2: 0.1 });
    const first = await visit(engine, {});
    const cookie = first.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
    expect(cookie).toMatch(/^GOOGAPPUID=\d{1,3}$/);
    for (let n = 0; n < 5; n++) expect((await visit(engine, { cookie })).text).toBe(first.text);

    const within = async () =>
      Promise.all(
        [0, 50, 99, 100, 499, 500, 999].map(
          async (n) => (await visit(engine, { cookie: `GOOGAPPUID=${n}` })).text,
        ),
      );
    expect(await within()).toEqual(['v2', 'v2', 'v2', 'v1', 'v1', 'v1', 'v1']);
    await split(engine, 'COOKIE', { v1: 0.5, v2: 0.5 });
    expect(await within()).toEqual(['v2', 'v2', 'v2', 'v2', 'v2', 'v1', 'v1']);
  });

  it('by address: sticky, and about the share', async () => {
    const engine = await appEngine();
    await deploy(engine, 'v1');
    await deploy(engine, 'v2');
    await split(engine, 'IP', { v1: 0.5, v2: 0.5 });
    const addresses = Array.from({ length: 200 }, (_, n) => `198.18.${n % 7}.${n}`);
    const round = async () => {
      const answers: string[] = [];
      for (const ip of addresses) answers.push((await visit(engine, { 'x-forwarded-for': ip })).text);
      return answers;
    };
    const answers = await round();
    expect(await round()).toEqual(answers);
    const share = answers.filter((text) => text === 'v2').length / answers.length;
    expect(share).toBeGreaterThan(0.3);
    expect(share).toBeLessThan(0.7);
  });

  it('by host and dispatch rule for other services', async () => {
    const engine = await appEngine();
    await deploy(engine, 'v1');
    await deploy(engine, 'v2');
    await deploy(engine, 'w1', app("response.end('worker ' + process.env.GAE_SERVICE)"), {}, 'worker');
    expect((await visit(engine, { host: 'worker.localhost' })).text).toBe('worker worker');
    expect((await visit(engine, { host: 'worker-dot-demo.localhost' })).text).toBe('worker worker');
    expect((await visit(engine, { host: 'v2-dot-demo.localhost' })).text).toBe('v2');
    expect((await visit(engine, {}, '/work/7')).text).toBe('v1');

    const dispatchRules = [{ domain: '*', path: '/work/*', service: 'worker' }];
    const path = '/v1/apps/demo?updateMask=dispatchRules,';
    const { body } = await rest(engine, 'PATCH', path, { dispatchRules });
    await eventually(async () =>
      (await rest(engine, 'GET', `/v1/${body.name}`)).body.done ? true : undefined,
    );
    expect((await visit(engine, {}, '/work/7')).text).toBe('worker worker');
    expect((await visit(engine, {}, '/other')).text).toBe('v1');
  });

  it('says so when nothing is deployed', async () => {
    const engine = await appEngine();
    expect(await visit(engine, {})).toMatchObject({
      status: 404,
      text: expect.stringContaining('Nothing is deployed'),
    });
  });
});

describe('an app in trouble', () => {
  it('is started again after it died, and the death is in the logs', async () => {
    const engine = await appEngine();
    await deploy(
      engine,
      'v1',
      app("if (request.url === '/die') process.exit(7); response.end(String(process.pid))"),
    );
    const before = (await visit(engine, {})).text;
    expect((await visit(engine, {}, '/die')).status).toBe(502);
    const after = await visit(engine, {});
    expect(after.status).toBe(200);
    expect(after.text).not.toBe(before);
    const filter = 'logName:"crash.log" AND resource.labels.version_id="v1"';
    const { body } = await rest(engine, 'POST', '/v2/entries:list', {
      resourceNames: ['projects/demo'],
      filter,
    });
    expect(JSON.stringify(body)).toContain('ended with exit status 7');
  });

  it('that never starts gives 503, and its own words are in the logs', async () => {
    const engine = await appEngine();
    const url = await deploy(engine, 'v1', { 'server.js': "throw new Error('no licence found');" });
    expect((await fetch(url)).status).toBe(503);
    const filter = 'severity>=DEFAULT AND "no licence found"';
    const { body } = await rest(engine, 'POST', '/v2/entries:list', {
      resourceNames: ['projects/demo'],
      filter,
    });
    expect(JSON.stringify(body)).toContain('/logs/stderr');
  });

  it('gets the environment of App Engine and nothing of the sandbox’s own', async () => {
    process.env.SECRET_OF_THE_BOT = 'do not tell';
    const engine = await appEngine();
    const url = await deploy(engine, 'v1', app('response.end(JSON.stringify(process.env))'), {
      envVariables: { FAIL_RATE: '0.5' },
    });
    const env = (await (await fetch(url)).json()) as Record<string, string>;
    expect(env).toMatchObject({
      GAE_SERVICE: 'default',
      GAE_VERSION: 'v1',
      GOOGLE_CLOUD_PROJECT: 'demo',
      FAIL_RATE: '0.5',
      NODE_ENV: 'production',
    });
    expect(env.SECRET_OF_THE_BOT).toBeUndefined();
  });

  it('is told who visits; a visitor cannot pretend to be App Engine', async () => {
    const engine = await appEngine();
    await deploy(engine, 'v1', app('response.end(JSON.stringify(request.headers))'));
    const { text } = await visit(engine, { 'x-forwarded-for': '198.18.0.7', 'x-appengine-cron': 'true' });
    const headers = JSON.parse(text) as Record<string, string>;
    expect(headers['x-appengine-user-ip']).toBe('198.18.0.7');
    expect(headers['x-appengine-cron']).toBeUndefined();
    expect(headers['x-cloud-trace-context']).toMatch(/^[0-9a-f]{32}\//);
  });

  it('gets the bodies of requests whole', async () => {
    const engine = await appEngine();
    const url = await deploy(engine, 'v1', app('request.pipe(response)'));
    const body = 'x'.repeat(300_000);
    expect(await (await fetch(url, { method: 'POST', body })).text()).toBe(body);
  });
});

describe('users', () => {
  it('come at the set rate and stop when told', async () => {
    const engine = await appEngine();
    await deploy(engine, 'v1', TELL_VERSION);
    engine.load.setRate(0.1);
    await eventually(() => ((engine.load.counts.answered['200'] ?? 0) > 20 ? true : undefined));
    engine.load.setRate(0);
    expect(() => engine.load.setRate(-1)).toThrow('from 0 on');
    expect(engine.load.counts.failed).toBe(0);
  });

  it('come faster at once when the clock does, and never more than so many a real second', async () => {
    const clock = new SandboxClock(600);
    const engine = await appEngine({ clock });
    await deploy(engine, 'v1', TELL_VERSION);
    clock.setSpeed(1);
    // One in a quarter of an hour: without another look at the clock it would be waited for.
    engine.load.setRate(0.001);
    clock.setSpeed(3600);
    await eventually(() => ((engine.load.counts.answered['200'] ?? 0) > 5 ? true : undefined));
    const before = engine.load.counts;
    engine.load.setRate(1000);
    const from = performance.now();
    await clock.sleep(3_600_000);
    const seconds = (performance.now() - from) / 1000;
    const came = Object.values(engine.load.counts.answered).reduce((sum, n) => sum + n, 0);
    expect(came - (before.answered['200'] ?? 0)).toBeLessThan(150 * (seconds + 1) * 1.5);
  });

  it('cannot pile up before an app that never answers', async () => {
    const engine = await appEngine();
    await deploy(engine, 'v1', app('setTimeout(() => response.end(), 60_000)'));
    engine.load.setRate(100);
    await eventually(() => (engine.load.counts.turnedAway > 0 ? true : undefined));
    expect(engine.load.counts.answered).toEqual({});
  });
});

/** By node:http, since fetch sets Host itself. */
function visit(
  engine: AppEngine,
  headers: Readonly<Record<string, string>>,
  path = '/',
): Promise<{ status: number; text: string; headers: IncomingHttpHeaders }> {
  return new Promise((resolve, reject) => {
    const out = request(new URL(path, engine.proxyUrl), { headers }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk: string) => {
        text += chunk;
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text, headers: answer.headers }));
    });
    out.once('error', reject);
    out.end();
  });
}

describe('a new split', () => {
  const DEFAULT = '/v1/apps/demo/services/default';

  /** v1 with all traffic and v2 without any, in a world that stands still. */
  async function standingStill(options: Partial<AppEngineOptions>) {
    const dataDir = tempFolder();
    const before = await appEngine({ dataDir, operationMs: 0 });
    await deploy(before, 'v1');
    await deploy(before, 'v2', TELL_VERSION, { inboundServices: ['INBOUND_SERVICE_WARMUP'] });
    await before.close();
    const clock = new SandboxClock(1, Date.now() + 24 * 60 * MINUTE);
    const engine = await appEngine({ dataDir, clock, ...options });
    clock.pause();
    const send = async (allocations: object, migrate: boolean) => {
      const path = `${DEFAULT}?updateMask=split&migrateTraffic=${migrate ? 'True' : 'False'}`;
      const { body } = await rest(engine, 'PATCH', path, { split: { shardBy: 'ip', allocations } });
      return `/v1/${body.name}`;
    };
    return { engine, clock, send };
  }

  /** Who of many gets v2. */
  async function chosen(engine: AppEngine): Promise<Set<string>> {
    const found = new Set<string>();
    for (let n = 0; n < 60; n++) {
      const ip = `198.18.0.${n}`;
      if ((await visit(engine, { 'x-forwarded-for': ip })).text === 'v2') found.add(ip);
    }
    return found;
  }

  it('moves bit by bit where traffic is migrated to a version that takes warmup requests', async () => {
    const { engine, clock, send } = await standingStill({ operationMs: 10 * MINUTE });
    const operation = await send({ v2: 1 }, true);
    const stages = [await chosen(engine)];
    // Ten minutes in all: idle instances would be ended after fifteen.
    for (const minutes of [3, 4, 2.9]) {
      clock.jump(minutes * MINUTE);
      stages.push(await chosen(engine));
    }
    const sizes = stages.map(({ size }) => size);
    expect(sizes[0]).toBe(0);
    expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
    expect(new Set(sizes).size).toBe(4);
    // Whoever was let in stays in.
    for (const [i, early] of stages.entries())
      for (const ip of early) expect(stages[i + 1] ?? early).toContain(ip);
    const { body } = await rest(engine, 'GET', operation);
    expect(body.done).toBeUndefined();

    clock.jump(MINUTE);
    await eventually(async () => (await rest(engine, 'GET', operation)).body.done);
    expect((await chosen(engine)).size).toBe(60);
    const warmups = await eventually(async () => {
      const { body: logged } = await rest(engine, 'POST', '/v2/entries:list', {
        resourceNames: ['projects/demo'],
        filter: 'protoPayload.resource="/_ah/warmup" AND resource.labels.version_id="v2"',
      });
      return logged.entries;
    });
    expect(warmups).toHaveLength(1);
  });

  it('is known to all front ends some time after its operation has ended', async () => {
    const { engine, clock, send } = await standingStill({ operationMs: 1, propagationMs: 10 * MINUTE });
    const operation = await send({ v2: 1 }, false);
    clock.jump(1);
    await eventually(async () => (await rest(engine, 'GET', operation)).body.done);
    expect((await chosen(engine)).size).toBe(0);
    clock.jump(10 * MINUTE);
    expect((await chosen(engine)).size).toBe(60);
  });

  it.each([
    [
      'flex',
      { env: 'flex', runtime: 'vm', deployment: { container: { image: 'gcr.io/demo/v3' } } },
      'Flexible',
    ],
    ['manual scaling', { manualScaling: { instances: 1 } }, 'automatic scaling'],
  ])('does not go bit by bit to %s', async (_, spec, sentence) => {
    const engine = await appEngine();
    await deploy(engine, 'v1');
    await deploy(engine, 'v3', TELL_VERSION, spec);
    const split = { shardBy: 'ip', allocations: { v3: 1 } };
    const { status, body } = await rest(engine, 'PATCH', `${DEFAULT}?updateMask=split&migrateTraffic=True`, {
      split,
    });
    expect(status).toBe(400);
    expect(JSON.stringify(body.error)).toContain(sentence);
  });
});
