import { execFile } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import type { AppEngine } from '../../src/sandbox/app-engine/index.ts';
import { gcloudEnvironment, hasGcloud } from '../deploy/gcloud-cli.ts';
import { appEngine, eventually, SIGNALS, stopCron, tempFolder } from './support.ts';

const run = promisify(execFile);

it.skipIf(!hasGcloud())(
  'gcloud takes it for App Engine (skipped where gcloud is not installed)',
  async () => {
    const engine = await appEngine();
    await engine.seed('default', 'v1', SIGNALS);
    await stopCron(engine);
    const config = tempFolder();
    const source = join(tempFolder(), 'signals');
    cpSync(SIGNALS, source, { recursive: true });
    // Beyond 5 MiB gcloud uploads in pieces; names may be in any script.
    writeFileSync(join(source, 'model.bin'), Buffer.alloc(6 * 1024 * 1024, 7));
    writeFileSync(join(source, 'модель – 金.txt'), 'gold\n\n');
    const gcloud = (...args: string[]) => callGcloud(engine, config, args);

    expect(JSON.parse(await gcloud('app', 'describe'))).toMatchObject({
      id: 'demo',
      servingStatus: 'SERVING',
    });
    expect(JSON.parse(await gcloud('app', 'services', 'list'))).toMatchObject([{ id: 'default' }]);

    await gcloud('app', 'deploy', join(source, 'app.yaml'), '--version=v2', '--no-promote');
    const versions = JSON.parse(await gcloud('app', 'versions', 'list'));
    expect(versions).toMatchObject([
      { id: 'v1', traffic_split: 1 },
      { id: 'v2', traffic_split: 0 },
    ]);
    const v2 = JSON.parse(await gcloud('app', 'versions', 'describe', 'v2', '--service=default'));
    expect(v2.envVariables).toMatchObject({ FAIL_RATE: '0', SLOW_MS: '0' });
    expect(Object.keys(v2.deployment.files)).toContain('модель – 金.txt');
    const answer = await fetch(`${v2.versionUrl}/`);
    expect(await answer.json()).toMatchObject({ service: 'signals', version: 'v2' });

    await gcloud('app', 'services', 'set-traffic', 'default', '--splits=v1=0.9,v2=0.1');
    const service = JSON.parse(await gcloud('app', 'services', 'describe', 'default'));
    expect(service.split).toEqual({ shardBy: 'IP', allocations: { v1: 0.9, v2: 0.1 } });
    await expect(
      gcloud('app', 'services', 'set-traffic', 'default', '--splits=v1=0.9,v9=0.1'),
    ).rejects.toThrow("INVALID_ARGUMENT: Could not find version 'v9'");

    await eventually(() =>
      gcloud('app', 'logs', 'read', '--limit=5').then(
        (text) => /"GET \/ HTTP\/1.1" 200/.test(text) || undefined,
      ),
    );
    await gcloud('app', 'deploy', join(source, 'cron.yaml'));
    const jobs = await fetch(
      `${engine.url}/v1beta1/projects/demo/locations/us-central1/jobs?legacyAppEngineCron=True`,
    );
    expect(((await jobs.json()) as { jobs: unknown[] }).jobs).toHaveLength(
      readFileSync(join(SIGNALS, 'cron.yaml'), 'utf8').match(/- description/g)?.length ?? -1,
    );
  },
  180_000,
);

async function callGcloud({ url }: AppEngine, config: string, args: string[]): Promise<string> {
  const apis = ['APPENGINE', 'CLOUDSCHEDULER', 'SERVICEUSAGE', 'LOGGING', 'MONITORING', 'CLOUDBUILD'];
  const { stdout } = await run('gcloud', [...args, ...(args.includes('read') ? [] : ['--format=json'])], {
    env: gcloudEnvironment(url, apis, config),
  });
  return stdout;
}
