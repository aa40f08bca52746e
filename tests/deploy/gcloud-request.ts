import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gcloudEnvironment } from './gcloud-cli.ts';

const run = promisify(execFile);

export type GcloudOutcome =
  | { readonly kind: 'body'; readonly body: unknown }
  | { readonly kind: 'refused'; readonly sentence: string };

/**
 * What the real gcloud asks App Engine to make of a folder, or that it refuses to. It speaks to a server of ours, which
 * notes the request and refuses it, so that there is nothing to wait for.
 */
export async function gcloudRequest(folder: string, ...more: readonly string[]): Promise<GcloudOutcome> {
  let body: unknown;
  const args = [join(folder, 'app.yaml'), '--version=v1', '--no-promote', ...more];
  const sentence = await deployTo(args, (request) => {
    const { method, path } = request;
    if (method === 'POST' && path.endsWith('/versions')) {
      body = JSON.parse(request.body.toString());
      return { status: 400, json: { error: { code: 400, status: 'INVALID_ARGUMENT', message: 'noted' } } };
    }
    if (path.startsWith('/upload/')) return { json: uploaded(request.body) };
    if (path.endsWith('/services')) return { json: { services: [] } };
    // Flex is built by App Engine itself, as with the API; elsewhere gcloud would build first.
    if (path.includes('experiments.yaml')) {
      return { text: 'schema_version: 1\nexperiments:\n  trigger_build_server_side: 100\n' };
    }
    return undefined;
  });
  return body === undefined ? { kind: 'refused', sentence } : { kind: 'body', body };
}

/** The rules that the real gcloud makes the app's routing; undefined when it refuses the file. */
export async function gcloudDispatch(file: string): Promise<unknown> {
  let rules: unknown;
  await deployTo([file], ({ method, path, body }) => {
    if (method !== 'PATCH' || !path.endsWith('/apps/demo')) return undefined;
    rules = (JSON.parse(body.toString()) as { dispatchRules?: unknown }).dispatchRules ?? [];
    return { json: { name: 'apps/demo/operations/1', done: true, response: {} } };
  });
  return rules;
}

/** What the real gcloud asks Scheduler to make and delete for a cron.yaml, given the jobs that are there. */
export async function gcloudCron(
  file: string,
  jobs: readonly object[],
): Promise<{ readonly made: unknown[]; readonly deleted: string[]; readonly sentence: string }> {
  const made: unknown[] = [];
  const deleted: string[] = [];
  const region = 'projects/demo/locations/us-central1';
  const sentence = await deployTo([file], ({ method, path, body }) => {
    if (path.endsWith('/locations')) {
      const labels = { 'cloud.googleapis.com/region': 'us-central1' };
      return { json: { locations: [{ name: region, locationId: 'us-central1', labels }] } };
    }
    if (method === 'POST' && path.endsWith('/jobs')) {
      made.push(JSON.parse(body.toString()));
      return { json: JSON.parse(body.toString()) };
    }
    if (method === 'DELETE') deleted.push(path.replace('/v1beta1/', ''));
    return path.endsWith('/jobs') ? { json: { jobs } } : undefined;
  });
  return { made, deleted, sentence };
}

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body: Buffer;
}

type Answer = { readonly status?: number; readonly json: object } | { readonly text: string };

/** @returns what gcloud said; empty when it was content. */
async function deployTo(
  args: readonly string[],
  answer: (request: Asked) => Answer | undefined,
): Promise<string> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const path = (request.url ?? '').split('?')[0] ?? '';
    const asked = { method: request.method ?? '', path, body: Buffer.concat(chunks) };
    const reply = answer(asked) ?? { json: usual(path) };
    if ('text' in reply) return response.end(reply.text);
    response.writeHead(reply.status ?? 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(reply.json));
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const config = await mkdtemp(join(tmpdir(), 'sluice-gcloud-'));
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return await run('gcloud', ['app', 'deploy', ...args], {
      env: gcloudEnvironment(url, APIS, config),
    }).then(
      () => '',
      (error: { stderr?: string }) => error.stderr ?? String(error),
    );
  } finally {
    server.close();
    await rm(config, { recursive: true, force: true });
  }
}

const APIS = [
  'APPENGINE',
  'SERVICEUSAGE',
  'SERVICEMANAGEMENT',
  'CLOUDBUILD',
  'CLOUDRESOURCEMANAGER',
  'CLOUDSCHEDULER',
];

function usual(path: string): object {
  if (path.endsWith('/apps/demo')) return APP;
  return path.includes('.googleapis.com') ? { name: path.slice(4), state: 'ENABLED' } : {};
}

const APP = {
  name: 'apps/demo',
  id: 'demo',
  servingStatus: 'SERVING',
  codeBucket: 'staging.demo.appspot.com',
  defaultHostname: 'demo.appspot.com',
  locationId: 'us-central',
};

/** The object of a multipart upload: gcloud compares its size with what it has sent. */
function uploaded(body: Buffer): object {
  const boundary = body.subarray(0, body.indexOf('\n'));
  const second = body.indexOf(boundary, boundary.length);
  const start = body.indexOf('\n\n', second) + 2;
  const end = body.lastIndexOf(boundary) - 1;
  return { kind: 'storage#object', bucket: APP.codeBucket, name: 'object', size: String(end - start) };
}
