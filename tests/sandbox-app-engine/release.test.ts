import { MetricServiceClient } from '@google-cloud/monitoring';
import { describe, expect, it } from 'vitest';
import {
  app,
  appEngine,
  clientOptions,
  clients,
  deploy,
  eventually,
  SERVICE,
  SIGNALS,
  split,
  stopCron,
} from './support.ts';

describe('a release, by Google’s own clients', () => {
  it('deploys without traffic, answers at versionUrl, splits, and counts per version and status', async () => {
    const engine = await appEngine();
    await engine.seed('default', 'v1', SIGNALS);
    await stopCron(engine);
    const { versions, services } = clients(engine);

    const url = await deploy(engine, 'v2', app("response.writeHead(503).end('no')"), {
      envVariables: { GREETING: 'hello' },
    });
    const [before] = await services.getService({ name: SERVICE });
    expect(before.split?.allocations).toEqual({ v1: 1 });
    expect((await fetch(url)).status).toBe(503);

    const [made] = await versions.getVersion({ name: `${SERVICE}/versions/v2`, view: 'FULL' });
    expect(made.envVariables).toEqual({ GREETING: 'hello' });
    expect(made.servingStatus).toBe('SERVING');
    expect(Object.keys(made.deployment?.files ?? {})).toEqual(['server.js']);
    const [basic] = await versions.getVersion({ name: `${SERVICE}/versions/v2` });
    expect(basic.envVariables).toEqual({});

    await split(engine, 'RANDOM', { v1: 0.6, v2: 0.4 });
    const [after] = await services.getService({ name: SERVICE });
    expect(after.split).toMatchObject({ shardBy: 'RANDOM', allocations: { v1: 0.6, v2: 0.4 } });

    const seen: Record<string, number> = { v2: 1 };
    for (let n = 0; n < 60; n++) {
      const answer = await fetch(`${engine.proxyUrl}/healthz`);
      const version = answer.status === 503 ? 'v2' : 'v1';
      seen[version] = (seen[version] ?? 0) + 1;
    }
    expect(seen.v1).toBeGreaterThan(10);
    expect(seen.v2).toBeGreaterThan(5);

    const counted = await eventually(async () => {
      const counts = await countsByVersion(engine);
      return counts['v1/200'] === seen.v1 && counts['v2/503'] === seen.v2 ? counts : undefined;
    });
    expect(counted).toEqual({ 'v1/200': seen.v1, 'v2/503': seen.v2 });
  });

  it('marks the requests that waited for a process as loading', async () => {
    const engine = await appEngine();
    const url = await deploy(engine, 'v1');
    await fetch(url);
    await fetch(url);
    const loading = await eventually(async () => {
      const series = await list(engine, 'http/server/response_count', 'metric.labels.loading');
      const found = Object.fromEntries(series.map((one) => [one.metric?.labels?.loading, total(one.points)]));
      return found.true && found.false ? found : undefined;
    });
    expect(loading).toEqual({ true: 1, false: 1 });
  });

  it('takes a version away only when it has no traffic', async () => {
    const engine = await appEngine();
    const { versions } = clients(engine);
    await deploy(engine, 'v1');
    const url = await deploy(engine, 'v2');
    await expect(versions.deleteVersion({ name: `${SERVICE}/versions/v1` })).rejects.toThrow(
      'Cannot delete a version with a non-zero traffic allocation.',
    );
    const [operation] = await versions.deleteVersion({ name: `${SERVICE}/versions/v2` });
    await operation.promise();
    const [left] = await versions.listVersions({ parent: SERVICE });
    expect(left.map(({ id }) => id)).toEqual(['v1']);
    await expect(fetch(url)).rejects.toThrow('fetch failed');
  });
});

async function list(engine: Parameters<typeof clientOptions>[0], metric: string, ...groupByFields: string[]) {
  const monitoring = new MetricServiceClient(clientOptions(engine));
  const now = Math.floor(Date.now() / 1000);
  // The sandbox's clock is hours ahead of life by now.
  const end = now - (now % 60) + 86_400;
  const [series] = await monitoring.listTimeSeries({
    name: 'projects/demo',
    filter: `metric.type="appengine.googleapis.com/${metric}" AND resource.type="gae_app" AND resource.labels.module_id="default"`,
    interval: { startTime: { seconds: end - 2 * 86_400 }, endTime: { seconds: end } },
    aggregation: {
      alignmentPeriod: { seconds: 60 },
      perSeriesAligner: 'ALIGN_SUM',
      crossSeriesReducer: 'REDUCE_SUM',
      groupByFields,
    },
    view: 'FULL',
  });
  return series;
}

function total(points: Awaited<ReturnType<typeof list>>[number]['points']): number {
  return (points ?? []).reduce(
    (sum, { value }) => sum + Number(value?.distributionValue?.count ?? value?.int64Value ?? 0),
    0,
  );
}

async function countsByVersion(engine: Parameters<typeof clientOptions>[0]): Promise<Record<string, number>> {
  const fields = ['resource.labels.version_id', 'metric.labels.response_code'];
  const series = await list(engine, 'http/server/response_latencies', ...fields);
  const named = series.map(({ resource, metric, points }) => [
    `${resource?.labels?.version_id}/${metric?.labels?.response_code}`,
    total(points),
  ]);
  return Object.fromEntries(named);
}
