import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AppEngine } from '../../src/sandbox/app-engine/index.ts';
import { SandboxClock } from '../../src/sandbox/clock.ts';
import { gcloudEnvironment, hasGcloud } from '../deploy/gcloud-cli.ts';
import { appEngine, deploy, rest, TELL_VERSION, tempFolder } from './support.ts';

const APIS = [
  'APPENGINE',
  'CLOUDRESOURCEMANAGER',
  'CLOUDSCHEDULER',
  'CLOUDTASKS',
  'LOGGING',
  'MONITORING',
  'SERVICEUSAGE',
];
/** A call takes a second, and many times that where others run beside it. */
const PATIENCE = 900_000;

interface Said {
  /** 0, or 1 where gcloud refuses or is refused. */
  readonly code: number;
  readonly text: string;
}

/** gcloud in a folder of its own, with files to deploy. */
function gcloudFor(
  { url }: AppEngine,
  files: Readonly<Record<string, string>>,
  more: NodeJS.ProcessEnv = {},
) {
  const folder = tempFolder();
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  const env = { ...gcloudEnvironment(url, APIS, tempFolder()), ...more };
  return (command: string): Promise<Said> =>
    new Promise((resolve) => {
      execFile('gcloud', command.split(' '), { env, cwd: folder }, (error, stdout, stderr) =>
        resolve({ code: error ? 1 : 0, text: `${stdout}\n${stderr}` }),
      );
    });
}

const FILES = {
  'app.yaml': 'runtime: nodejs20\n',
  'wrong.yaml': 'runtime: nodejs\n',
  ...TELL_VERSION,
  'config/cron.yaml': 'cron:\n',
  'config/dispatch.yaml': 'dispatch:\n- url: "*/work/*"\n  service: nope\n',
  'config/queue.yaml': 'queue:\n- name: default\n  rate: 5/s\n',
};

/** In this order: each finds what those before it have left. */
const CALLS: readonly (readonly [command: string, code: number, says: RegExp])[] = [
  ['app regions list', 0, /us-central\s+YES\s+YES/],
  ['beta app versions list --sort-by=~VERSION.ID --limit=1 --format=value(id)', 0, /^v2\s/],
  ['app operations list --pending', 0, /Listed 0 items/],
  ['scheduler jobs list', 0, /Listed 0 items/],
  ['app create --region=us-central', 1, /already contains an App Engine application/],
  [
    'app versions stop v1',
    1,
    /INVALID_ARGUMENT: Serving status cannot be changed for Automatic Scaling versions\./,
  ],
  ['app services set-traffic default --splits=m1=1 --migrate', 1, /INVALID_ARGUMENT: .*automatic scaling/],
  ['app deploy wrong.yaml --version=v3', 1, /INVALID_ARGUMENT: Invalid runtime 'nodejs' specified/],
  ['app deploy config/dispatch.yaml', 1, /INVALID_ARGUMENT: Could not find service 'nope'/],
  ['app deploy config/queue.yaml', 1, /There is no cloudtasks\.googleapis\.com beside the local App Engine/],
  ['app deploy config/cron.yaml', 0, /Cron jobs have been updated/],
  ['app versions migrate v2 --service=default', 0, /from version \[default\/v1\] to \[default\/v2\]/],
  ['app deploy app.yaml --version=v2 --no-promote', 0, /Deployed service \[default\]/],
  ['app versions stop m1', 0, /Stopping \[demo\/default\/m1\]/],
  ['app versions list --filter=version.servingStatus=STOPPED --format=value(id)', 0, /^m1\s/],
  ['app versions start m1', 0, /Starting \[demo\/default\/m1\]/],
  ['app versions delete v1 m1 --service=default', 0, /Deleting \[default\/m1\]/],
  ['app versions list --format=csv[no-heading](id,traffic_split)', 0, /^v2,1\.00\s*$/],
];

describe.skipIf(!hasGcloud())('gcloud (skipped where it is not installed)', () => {
  it(
    'prints for the local App Engine what it prints for Google',
    async () => {
      const engine = await appEngine();
      await deploy(engine, 'v1');
      await deploy(engine, 'v2', TELL_VERSION, { inboundServices: ['INBOUND_SERVICE_WARMUP'] });
      await deploy(engine, 'm1', TELL_VERSION, { manualScaling: { instances: 1 } });
      const gcloud = gcloudFor(engine, FILES);
      for (const [command, code, says] of CALLS) {
        const said = await gcloud(command);
        expect({ command, ...said }).toEqual({ command, code, text: expect.stringMatching(says) });
      }
    },
    PATIENCE,
  );

  it(
    'is refused, with an access token too, while another operation holds the service',
    async () => {
      const dataDir = tempFolder();
      const before = await appEngine({ dataDir });
      await deploy(before, 'v1');
      await deploy(before, 'v2');
      await before.close();
      const clock = new SandboxClock(1, Date.now() + 86_400_000);
      clock.pause();
      const engine = await appEngine({ dataDir, clock });
      const split = { shardBy: 'IP', allocations: { v1: 0.5, v2: 0.5 } };
      const { body } = await rest(engine, 'PATCH', '/v1/apps/demo/services/default?updateMask=split', {
        split,
      });
      const token = join(tempFolder(), 'token');
      writeFileSync(token, 'a-token');
      const gcloud = gcloudFor(
        engine,
        {},
        {
          CLOUDSDK_AUTH_DISABLE_CREDENTIALS: '',
          CLOUDSDK_AUTH_ACCESS_TOKEN_FILE: token,
        },
      );
      const refused = await gcloud('app services set-traffic default --splits=v1=1');
      const holder = String(body.name).split('/').at(-1);
      expect(refused.code).toBe(1);
      expect(refused.text).toContain(
        `Cannot operate on apps/demo/services/default because an operation is already in progress for apps/demo/services/default by ${holder}.`,
      );
      const pending = await gcloud('app operations list --pending --format=value(id)');
      expect(pending).toEqual({ code: 0, text: expect.stringContaining(`${holder}\n`) });
    },
    PATIENCE,
  );
});
