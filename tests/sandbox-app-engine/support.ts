import { createHash } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServicesClient, VersionsClient } from '@google-cloud/appengine-admin';
import { Storage } from '@google-cloud/storage';
import { PassThroughClient } from 'google-auth-library';
import { onTestFinished } from 'vitest';
import { type AppEngine, type AppEngineOptions, startAppEngine } from '../../src/sandbox/app-engine/index.ts';
import { SandboxClock } from '../../src/sandbox/clock.ts';

export const SIGNALS = join(import.meta.dirname, '../../examples/signals');
export const BUCKET = 'staging.demo.appspot.com';
export const SERVICE = 'apps/demo/services/default';

/** Ten minutes a second: a minute's figures are there after some tenths of a second. */
const SPEED = 600;

/** An App Engine of its own for one test, ended with it. */
export async function appEngine(options: Partial<AppEngineOptions> = {}): Promise<AppEngine> {
  const dataDir = options.dataDir ?? tempFolder();
  const engine = await startAppEngine({
    dataDir,
    clock: new SandboxClock(SPEED),
    project: 'demo',
    port: 0,
    proxyPort: 0,
    operationMs: 10_000,
    ingestionDelayMs: 60_000,
    log: () => undefined,
    ...options,
  });
  onTestFinished(() => engine.close());
  return engine;
}

export function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-app-engine-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Deploying and asking need no more of an engine, which may be another process. */
type Reachable = Pick<AppEngine, 'url'>;

/** How Google's own clients are pointed at a local server: REST, no TLS, no credentials. */
export function clientOptions({ url }: Reachable) {
  const { hostname, port } = new URL(url);
  return {
    fallback: true as const,
    protocol: 'http',
    apiEndpoint: hostname,
    port: Number(port),
    authClient: new PassThroughClient(),
  };
}

export function clients(engine: Reachable) {
  const options = clientOptions(engine);
  return { versions: new VersionsClient(options), services: new ServicesClient(options) };
}

/** Uploads the files and gives the manifest for `deployment.files`. */
export async function upload(engine: Reachable, files: Readonly<Record<string, string>>) {
  const bucket = new Storage({ apiEndpoint: engine.url, projectId: 'demo' }).bucket(BUCKET);
  const entries = Object.entries(files).map(async ([path, content]) => {
    const sha1Sum = createHash('sha1').update(content).digest('hex');
    await bucket.file(sha1Sum).save(content, { resumable: false });
    return [path, { sha1Sum, sourceUrl: `https://storage.googleapis.com/${BUCKET}/${sha1Sum}` }] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

/** An app that answers every request by `body`, JavaScript with `request` and `response` in scope. */
export function app(body: string): Record<string, string> {
  return {
    'server.js': `require('node:http').createServer((request, response) => { ${body} }).listen(process.env.PORT);`,
  };
}

/** The name of the version, which is all that most tests want to know. */
export const TELL_VERSION = app('response.end(process.env.GAE_VERSION)');

export async function deploy(
  engine: Reachable,
  id: string,
  files: Readonly<Record<string, string>> = TELL_VERSION,
  spec: Readonly<Record<string, unknown>> = {},
  service = 'default',
): Promise<string> {
  const { versions } = clients(engine);
  const manifest = await upload(engine, files);
  const parent = `apps/demo/services/${service}`;
  const version = { id, runtime: 'nodejs20', deployment: { files: manifest }, ...spec };
  const [operation] = await versions.createVersion({ parent, version });
  await operation.promise();
  const [made] = await versions.getVersion({ name: `${parent}/versions/${id}` });
  return made.versionUrl ?? '';
}

export async function split(
  engine: Reachable,
  shardBy: 'RANDOM' | 'COOKIE' | 'IP',
  allocations: Readonly<Record<string, number>>,
): Promise<void> {
  const { services } = clients(engine);
  const [operation] = await services.updateService({
    name: SERVICE,
    updateMask: { paths: ['split'] },
    service: { split: { shardBy, allocations } },
  });
  await operation.promise();
}

/** Deletes every cron job, for tests that count requests. */
export async function stopCron(engine: Reachable): Promise<void> {
  const path = '/v1beta1/projects/demo/locations/us-central1/jobs?legacyAppEngineCron=true';
  const { body } = await rest(engine, 'GET', path);
  for (const { name } of (body.jobs ?? []) as { name: string }[]) {
    await rest(engine, 'DELETE', `/v1beta1/${name}`);
  }
}

/** Raw JSON of the REST API, for what Google's clients would hide. */
export async function rest(
  engine: Reachable,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const answer = await fetch(`${engine.url}${path}`, {
    method,
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

/** Asks until the answer is good: for what comes about by itself. */
export async function eventually<T>(
  ask: () => Promise<T | undefined> | T | undefined,
  limit = 20_000,
): Promise<T> {
  const until = Date.now() + limit;
  for (;;) {
    const found = await ask();
    if (found !== undefined) return found;
    if (Date.now() > until) throw new Error(`It did not come about within ${limit} ms.`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
