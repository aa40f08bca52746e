import { execFile, execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export type GcloudOutcome =
  | { readonly kind: 'body'; readonly body: unknown }
  | { readonly kind: 'refused'; readonly sentence: string };

export function hasGcloud(): boolean {
  try {
    execFileSync('gcloud', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    // Not installed: the tests are skipped, and their name says why.
    return false;
  }
}

/**
 * What the real gcloud asks App Engine to make of a folder, or that it refuses to. It speaks to a server of ours, which
 * notes the request and refuses it, so that there is nothing to wait for.
 */
export async function gcloudRequest(folder: string): Promise<GcloudOutcome> {
  let body: unknown;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const path = (request.url ?? '').split('?')[0] ?? '';
    const answer = (status: number, json: object) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json));
    };
    if (request.method === 'POST' && path.endsWith('/versions')) {
      body = JSON.parse(Buffer.concat(chunks).toString());
      return answer(400, { error: { code: 400, status: 'INVALID_ARGUMENT', message: 'noted' } });
    }
    if (path.startsWith('/upload/')) return answer(200, uploaded(Buffer.concat(chunks)));
    if (path.endsWith('/apps/demo')) return answer(200, APP);
    if (path.endsWith('/services')) return answer(200, { services: [] });
    // Flex is built by App Engine itself, as with the API; elsewhere gcloud would build first.
    if (path.includes('experiments.yaml')) {
      return response.end('schema_version: 1\nexperiments:\n  trigger_build_server_side: 100\n');
    }
    if (path.includes('.googleapis.com')) return answer(200, { name: path.slice(4), state: 'ENABLED' });
    return answer(200, {});
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const config = await mkdtemp(join(tmpdir(), 'sluice-gcloud-'));
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const apis = ['APPENGINE', 'SERVICEUSAGE', 'SERVICEMANAGEMENT', 'CLOUDBUILD', 'CLOUDRESOURCEMANAGER'];
    const overrides = apis.map((api) => [`CLOUDSDK_API_ENDPOINT_OVERRIDES_${api}`, `${url}/`]);
    const sentence = await run(
      'gcloud',
      ['app', 'deploy', join(folder, 'app.yaml'), '--version=v1', '--no-promote'],
      {
        env: {
          ...process.env,
          ...Object.fromEntries(overrides),
          CLOUDSDK_API_ENDPOINT_OVERRIDES_STORAGE: `${url}/storage/v1/`,
          CLOUDSDK_AUTH_DISABLE_CREDENTIALS: '1',
          CLOUDSDK_CONFIG: config,
          CLOUDSDK_CORE_DISABLE_PROMPTS: '1',
          CLOUDSDK_CORE_DISABLE_USAGE_REPORTING: '1',
          CLOUDSDK_CORE_PROJECT: 'demo',
        },
      },
    ).then(
      () => 'gcloud took our refusal for a success.',
      (error: { stderr?: string }) => error.stderr ?? String(error),
    );
    return body === undefined ? { kind: 'refused', sentence } : { kind: 'body', body };
  } finally {
    server.close();
    await rm(config, { recursive: true, force: true });
  }
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
