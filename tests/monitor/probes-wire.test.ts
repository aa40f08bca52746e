import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { connectCloud } from '../../src/deploy/index.ts';
import { runCommand } from '../../src/host/run-command.ts';
import { createProber } from '../../src/monitor/index.ts';
import { DAY, HOUR, MINUTE, sayDuration } from '../../src/plan/duration.ts';
import type { Probe } from '../../src/plan/terms.ts';
import { localAppEngine, temporaryFolder } from '../deploy/local-app-engine.ts';

/** Answers every request, and logs a signal for it; the path `/broken` fails. */
const APP = `
import { createServer } from 'node:http';
createServer((request, response) => {
  const broken = request.url === '/broken';
  const { searchParams } = new URL(request.url, 'http://localhost');
  if (searchParams.has('quality'))
    console.log(JSON.stringify({ severity: 'INFO', event: 'signal', quality: Number(searchParams.get('quality')) }));
  if (broken) console.log(JSON.stringify({ severity: 'ERROR', message: 'no prices' }));
  response.writeHead(broken ? 500 : 200).end(JSON.stringify({ version: process.env.GAE_VERSION, open: 3 }));
}).listen(process.env.PORT);
`;

async function world() {
  const { appEngine, clock } = await localAppEngine(60);
  const { url } = appEngine;
  const endpoints = { appengine: url, storage: `${url}/storage/v1/`, logging: url, monitoring: url };
  const log = () => undefined;
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'app.yaml'), 'runtime: nodejs20\n');
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  await writeFile(join(folder, 'server.js'), APP);
  const cloud = connectCloud({ project: 'demo', endpoints, clock, log });
  const hooks = { onOperation: async () => undefined, onProgress: () => undefined };
  const release = { service: 'default', version: 'v2', folder, startedAt: clock.now(), resumed: false };
  const { versionUrl } = await cloud.deploy(release, hooks);
  const from = Math.ceil(clock.now() / MINUTE) * MINUTE;
  await clock.sleep(from - clock.now());
  const prober = createProber({ project: 'demo', endpoints, clock, runCommand, log });
  const post = async (path: string, body: object) => {
    const response = await fetch(url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(await response.text());
  };
  const look = async (probes: readonly Probe[], to: number) => {
    const where = { service: 'default', version: 'v2', versionUrl, folder, env: { VERSION: 'v2' } };
    return prober.look({ ...where, probes, from, to });
  };
  return { clock, versionUrl, from, look, post };
}

describe('over the real wire', () => {
  it('all kinds of probes see what there is to see, of this version alone', async () => {
    const { clock, versionUrl, from, look, post } = await world();
    const user = 'logging.googleapis.com/user';
    await post('/v2/projects/demo/metrics', { name: 'seen-signals', filter: 'jsonPayload.event="signal"' });
    await post('/v2/projects/demo/metrics', {
      name: 'seen-quality',
      filter: 'jsonPayload.event="signal"',
      valueExtractor: 'EXTRACT(jsonPayload.quality)',
      metricDescriptor: { valueType: 'DISTRIBUTION' },
      bucketOptions: { linearBuckets: { numFiniteBuckets: 20, width: 5, offset: 0 } },
    });
    for (const quality of [40, 62, 78, 93]) await fetch(`${versionUrl}/?quality=${quality}`);
    await fetch(`${versionUrl}/broken`);
    const custom = (value: object, back: number) =>
      post('/v3/projects/demo/timeSeries', {
        timeSeries: [
          {
            metric: { type: 'custom.googleapis.com/queue' },
            resource: { type: 'global', labels: { project_id: 'demo' } },
            points: [{ interval: { endTime: new Date(from + back).toISOString() }, value }],
          },
        ],
      });
    for (const [i, depth] of [4, 9, 2, 5].entries())
      await custom({ int64Value: String(depth) }, (i + 1) * 10_000);

    const to = Math.ceil(clock.now() / MINUTE) * MINUTE + MINUTE;
    const span = sayDuration(to - from);
    await clock.sleep(to + 2 * MINUTE - clock.now());
    const signals = `metric.type="${user}/seen-signals"`;
    const quality = `metric.type="${user}/seen-quality"`;
    const queue = 'metric.type="custom.googleapis.com/queue"';
    const readings = await look(
      [
        { name: 'failing', kind: 'errors', atMost: 0.2 },
        { name: 'failing less', kind: 'errors', atMost: 0.1 },
        { name: 'fast', kind: 'latency', atMost: 60_000 },
        { name: 'no criticals', kind: 'logs', filter: 'severity>=CRITICAL', atMost: 0 },
        { name: 'no errors', kind: 'logs', filter: 'severity>=ERROR', atMost: 0 },
        {
          name: 'signals logged',
          kind: 'logs',
          filter: 'jsonPayload.event="signal"',
          per: HOUR,
          atLeast: 3,
          atMost: 7,
        },
        { name: 'signals', kind: 'metric', filter: signals, measure: 'sum', atLeast: 4, atMost: 4 },
        { name: 'signals a day', kind: 'metric', filter: signals, measure: 'sum', per: DAY, atMost: 7 },
        { name: 'mean quality', kind: 'metric', filter: quality, measure: 'mean', atLeast: 68 },
        { name: 'median quality', kind: 'metric', filter: quality, measure: 'p50', atLeast: 60, atMost: 65 },
        { name: 'deepest queue', kind: 'metric', filter: queue, measure: 'max', atMost: 8 },
        { name: 'mean queue', kind: 'metric', filter: queue, measure: 'mean', atMost: 5 },
        { name: 'p95 queue', kind: 'metric', filter: queue, measure: 'p95', atMost: 9 },
        {
          name: 'no such metric',
          kind: 'metric',
          filter: `metric.type="${user}/x"`,
          measure: 'sum',
          atMost: 1,
        },
        { name: 'broken filter', kind: 'logs', filter: 'severity>=', atMost: 1 },
        {
          name: 'page',
          kind: 'page',
          path: '/',
          status: 200,
          within: 60_000,
          json: { path: 'version', is: 'v2' },
        },
        { name: 'command', kind: 'command', run: 'echo it is $VERSION; exit 3', within: 60_000 },
      ],
      to,
    );
    expect(
      Object.fromEntries(readings.map(({ name, answer, detail }) => [name, `${answer}: ${detail}`])),
    ).toEqual({
      failing: `good: 20 % of 5 responses failed in ${span}, asked for at most 20 %`,
      'failing less': `off: 20 % of 5 responses failed in ${span}, asked for at most 10 %`,
      fast: expect.stringMatching(
        /^good: p95 [\d.]+ ms over 5 responses in \d+ minutes, asked for at most 60,000 ms$/,
      ),
      'no criticals': `good: 0 in ${span}, asked for at most 0`,
      'no errors': expect.stringMatching(/^off: [12] in \d+ minutes, asked for at most 0$/),
      'signals logged': expect.stringMatching(
        /^off: \d+(\.\d)? an hour, asked for 3 to 7 \(4 in \d+ minutes\)$/,
      ),
      signals: `good: 4 in ${span}, asked for 4`,
      'signals a day': expect.stringMatching(/^off: [\d,]+ a day, asked for at most 7 \(4 in \d+ minutes\)$/),
      'mean quality': `good: mean 68.3 over ${span}, asked for at least 68`,
      'median quality': expect.stringMatching(
        /^good: p50 6[0-5](\.\d)? over \d+ minutes, asked for 60 to 65$/,
      ),
      'deepest queue': `off: max 9 over ${span}, asked for at most 8`,
      'mean queue': `good: mean 5 over ${span}, asked for at most 5`,
      'p95 queue': `good: p95 8.4 over ${span}, asked for at most 9`,
      'no such metric': expect.stringMatching(
        /^unknown: Could not read the metric of "no such metric": Google says "Cannot find metric/,
      ),
      'broken filter': expect.stringMatching(
        /^unknown: Could not count the log entries of "broken filter": Google says/,
      ),
      page: expect.stringMatching(/^good: GET \/: 200 after \d+ ms\.$/),
      command: 'off: ended with 3: it is v2',
    });
    expect(readings.map(({ name }) => name)[0]).toBe('failing');

    const nobody = await look([{ name: 'failing', kind: 'errors', atMost: 0.2 }], from + 30_000);
    expect(nobody).toEqual([
      {
        name: 'failing',
        answer: 'unknown',
        detail: 'The span has no whole minute yet, so nothing can be told',
      },
    ]);
  });
});
