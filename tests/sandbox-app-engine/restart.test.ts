import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { AppEngine } from '../../src/sandbox/app-engine/index.ts';
import { app, appEngine, deploy, eventually, rest, split, tempFolder, upload } from './support.ts';

const VERSIONS = '/v1/apps/demo/services/default/versions';
const TELL_PID = app('response.end(process.env.GAE_VERSION + " " + process.pid)');

type Running = Pick<AppEngine, 'url' | 'proxyUrl'> & { child: ChildProcess };

describe('kill -9 of the sandbox', () => {
  it('takes every child process along, theirs included', async () => {
    const engine = await process_(tempFolder());
    const parent = app(
      "const kid = require('node:child_process').spawn('sleep', ['600']); response.end(process.pid + ' ' + kid.pid)",
    );
    const url = await deploy(engine, 'v1', parent);
    const pids = (await (await fetch(url)).text()).split(' ').map(Number);
    expect(pids.filter(alive)).toEqual(pids);
    engine.child.kill('SIGKILL');
    await eventually(() => (pids.some(alive) ? undefined : true));
  });

  it('takes an app along that will not hear of SIGTERM', async () => {
    const engine = await process_(tempFolder());
    const stubborn = { 'server.js': `process.on('SIGTERM', () => undefined); ${TELL_PID['server.js']}` };
    const url = await deploy(engine, 'v1', stubborn);
    const pid = Number((await (await fetch(url)).text()).split(' ')[1]);
    engine.child.kill('SIGKILL');
    await eventually(() => (alive(pid) ? undefined : true));
  });

  it('loses no resource, upload, figure or log, and finishes the operation that ran', async () => {
    const dataDir = tempFolder();
    const origin = Date.now();
    const clock = () => origin + (Date.now() - origin) * 600;
    const before = await process_(dataDir, { speed: 600, operationMs: 10_000, start: clock() });
    const url = await deploy(before, 'v1', TELL_PID);
    await deploy(before, 'v2', TELL_PID);
    await split(before, 'RANDOM', { v1: 0.5, v2: 0.5 });
    for (let n = 0; n < 10; n++) await fetch(url);
    const figures = await eventually(async () => {
      const found = await responses(before);
      return Object.values(found).reduce((a, b) => a + b, 0) === 10 ? found : undefined;
    });
    before.child.kill('SIGKILL');
    await once(before.child, 'exit');

    // Started again with slower operations, and killed in the middle of one.
    const middle = await process_(dataDir, { speed: 1, operationMs: 3_600_000, start: clock() });
    const files = await upload(middle, TELL_PID);
    const body = { id: 'v3', runtime: 'nodejs20', deployment: { files } };
    const operation = (await rest(middle, 'POST', VERSIONS, body)).body;
    expect((await rest(middle, 'GET', `/v1/${operation.name}`)).body.done).toBeUndefined();
    middle.child.kill('SIGKILL');
    await once(middle.child, 'exit');

    const after = await process_(dataDir, { speed: 600, operationMs: 10_000, start: clock() });
    const done = await eventually(async () => {
      const answer = await rest(after, 'GET', `/v1/${operation.name}`);
      return answer.body.done === true ? answer.body : undefined;
    });
    expect(done.response).toMatchObject({ id: 'v3', servingStatus: 'SERVING' });
    const service = await rest(after, 'GET', '/v1/apps/demo/services/default');
    expect(service.body.split).toEqual({ shardBy: 'RANDOM', allocations: { v1: 0.5, v2: 0.5 } });
    const { body: versions } = await rest(after, 'GET', VERSIONS);
    expect(versions.versions).toMatchObject([{ id: 'v1', versionUrl: url }, { id: 'v2' }, { id: 'v3' }]);
    expect(await responses(after)).toEqual(figures);
    const query = { resourceNames: ['projects/demo'], filter: 'logName:request_log', pageSize: 100 };
    const logs = (await rest(after, 'POST', '/v2/entries:list', query)).body.entries;
    expect(logs).toHaveLength(10);
    expect(await (await fetch(url)).text()).toMatch(/^v1 /);
  });
});

describe('a restart', () => {
  it('does without a last line that was cut off', async () => {
    const dataDir = tempFolder();
    const first = await appEngine({ dataDir });
    const url = await deploy(first, 'v1', TELL_PID);
    await fetch(url);
    await first.close();
    appendFileSync(join(dataDir, 'resources.ndjson'), '{"key":"version/default/v9","value":{"id');
    for (const file of readdirSync(join(dataDir, 'logs/requests')))
      appendFileSync(join(dataDir, 'logs/requests', file), '{"at":17');

    const second = await appEngine({ dataDir });
    expect((await rest(second, 'GET', VERSIONS)).body.versions).toMatchObject([{ id: 'v1' }]);
    const query = { resourceNames: ['projects/demo'], filter: 'logName:request_log' };
    expect((await rest(second, 'POST', '/v2/entries:list', query)).body.entries).toHaveLength(1);
  });

  it('seeds only what is not there yet', async () => {
    const dataDir = tempFolder();
    const folder = join(import.meta.dirname, '../../examples/signals');
    const first = await appEngine({ dataDir });
    await first.seed('default', 'v1', folder);
    await deploy(first, 'v2', TELL_PID);
    await split(first, 'RANDOM', { v2: 1 });
    await first.close();
    const second = await appEngine({ dataDir });
    await second.seed('default', 'v1', folder);
    const { body } = await rest(second, 'GET', '/v1/apps/demo/services/default');
    expect(body.split).toMatchObject({ allocations: { v2: 1 } });
  });

  it('says which port is taken', async () => {
    const first = await appEngine();
    const port = Number(new URL(first.url).port);
    await expect(appEngine({ port })).rejects.toThrow(`Port ${port} on 127.0.0.1 is taken`);
  });
});

async function process_(
  dataDir: string,
  { speed = 600, operationMs = 10_000, start = Date.now() } = {},
): Promise<Running> {
  const script = join(import.meta.dirname, 'standalone.ts');
  const args = ['--import', 'tsx', script, dataDir, String(speed), String(operationMs), String(start)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return { ...(JSON.parse(line) as Pick<AppEngine, 'url' | 'proxyUrl'>), child };
}

async function responses({ url }: Running): Promise<Record<string, number>> {
  const day = 86_400_000;
  const query = new URLSearchParams({
    filter: 'metric.type = "appengine.googleapis.com/http/server/response_count" AND resource.type = gae_app',
    'interval.startTime': new Date(Date.now() - day).toISOString(),
    'interval.endTime': new Date(Date.now() + 2 * day).toISOString(),
  });
  const answer = await fetch(`${url}/v3/projects/demo/timeSeries?${query}`);
  const { timeSeries = [] } = (await answer.json()) as {
    timeSeries?: {
      resource: { labels: Record<string, string> };
      points: { value: { int64Value: string } }[];
    }[];
  };
  const counts: Record<string, number> = {};
  for (const { resource, points } of timeSeries) {
    const version = resource.labels.version_id ?? '';
    counts[version] = points.reduce((sum, { value }) => sum + Number(value.int64Value), counts[version] ?? 0);
  }
  return counts;
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    // ESRCH: gone.
    return false;
  }
}
