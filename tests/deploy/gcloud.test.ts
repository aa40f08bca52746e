import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readDispatchYaml } from '../../src/deploy/dispatch/read.ts';
import { readAppYaml, readSource, versionBody } from '../../src/deploy/index.ts';
import { packedBody } from '../../src/deploy/sources/packed.ts';
import { hasGcloud } from './gcloud-cli.ts';
import { gcloudDispatch, gcloudRequest } from './gcloud-request.ts';

const PLAIN = { 'main.js': 'x', 'empty.txt': '', 'deep/er/файл – 金.txt': 'gold', '.env': 'A=b' };

const APPS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'standard, second generation, with all kinds of values': {
    ...PLAIN,
    '.gitignore': 'main.js\n',
    'node_modules/a/index.js': '1',
    'app.yaml': `
runtime: nodejs22
service: shop
entrypoint: exec node main.js
instance_class: F2
env_variables:
  {YES: yes, OFF: off, OCTAL: 010, SEXAGESIMAL: 12:34:56, FLOAT: 1.10, BIG: 1e16, SMALL: 0.00001, NONE: ~, DAY: 2024-02-29}
build_env_variables: {}
automatic_scaling:
  min_instances: "1"
  max_instances: 5
  min_idle_instances: automatic
  max_pending_latency: 30000ms
  target_cpu_utilization: 0.65
inbound_services: [warmup]
handlers:
- url: /static/
  static_dir: public/
  secure: always
  expiration: 1d 2h
  http_headers: {X-Yes: yes, X-Rate: 1.50}
- {url: "/(.*[.]png)", static_files: 'img/\\1', upload: 'img/.*[.]png', mime_type: image/png}
- {url: /.*, script: auto, login: admin, redirect_http_response_code: 301}
error_handlers:
- {error_code: over_quota, file: a.html}
vpc_access_connector: {name: projects/p/locations/r/connectors/c, egress_setting: all-traffic}
builtins:
- deferred: on
includes: [more.yaml]
`,
    'more.yaml': `
env_variables: {YES: included, MORE: 1}
handlers:
- {url: /last, script: x, position: tail}
`,
  },
  flex: {
    ...PLAIN,
    'node_modules/a/index.js': '1',
    'old~': '',
    'app.yaml': `
runtime: python
env: flex
runtime_config: {operating_system: ubuntu22, runtime_version: "3.12"}
beta_settings: {cloud_sql_instances: a, flag: yes}
manual_scaling: {instances: 010}
resources: {cpu: 2, memory_gb: 2.3, disk_size_gb: 10, volumes: [{name: r, volume_type: tmpfs, size_gb: 0.5}]}
network: {name: default, forwarded_ports: [8080, 2222:22, "53/udp"], session_affinity: true}
health_check: {enable_health_check: no, check_interval_sec: 5}
liveness_check: {path: /live, initial_delay_sec: 300}
readiness_check: {path: /ready, app_start_timeout_sec: 300}
`,
  },
  'an ignore file with all of its rules': {
    ...PLAIN,
    '.gcloudignore': '# rules\n*\n!s\n!src/**\n#!include:other.rules\n!/keep/\n!*.txt\n/keep/[!a]*\n',
    'other.rules': '!app.yaml\n!x\nx/**/b\n',
    'src/deep/f': '1',
    's/f': '1',
    'x/y/b': '1',
    'x/y/c': '1',
    'keep/a': '1',
    'keep/b': '1',
    'app.yaml': 'runtime: python312\n',
  },
  'a runtime with skip_files': {
    ...PLAIN,
    'x/1': '1',
    'app.yaml': 'runtime: ruby33\nthreadsafe: true\nskip_files:\n- ^(.*/)?main\\.js$\n- x/.*\n',
  },
  'patterns that only Python has': {
    ...PLAIN,
    'größe.txt': '1',
    '٣.txt': '1',
    'app.yaml':
      'runtime: ruby33\nskip_files:\n- "(?P<a>e)mpty.*"\n- "[]m]ain"\n- "\\\\d[.]txt"\n- "gr\\\\w{3,}e"\n',
  },
  'Go, which is staged': {
    'go.mod': 'module example.com/x\n',
    'main.go': 'package main\nfunc main() {}\n',
    'sub/.git/config': '1',
    'tool.exe': '1',
    'app.yaml': 'runtime: go122\nmain: ./sub\n',
  },
};

const REFUSED: Readonly<Record<string, string>> = {
  'a tab, which JavaScript’s parser takes': 'runtime: nodejs22\nenv_variables:\n  A:\tb\n',
  'two Go packages in a folder': 'runtime: go122\n',
  'an included file that is not there': 'runtime: nodejs22\nincludes: [gone.yaml]\n',
};

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'sluice-gcloud-apps-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** gcloud takes three seconds alone, and several run at a time. */
const PATIENCE_MS = 300_000;

describe.skipIf(!hasGcloud())('gcloud sends the same (skipped where gcloud is not installed)', () => {
  it.concurrent.each(Object.entries(APPS))(
    '%s',
    async (_, files) => {
      const folder = await folderWith(files);
      const ours = await requestOf(folder);
      const theirs = await gcloudRequest(await copyOf(folder));
      expect(theirs).toEqual({ kind: 'body', body: ours });
    },
    PATIENCE_MS,
  );
  it.concurrent(
    'an image instead of files',
    async () => {
      const folder = await folderWith({ 'app.yaml': 'runtime: custom\nenv: flex\nresources: {cpu: 2}\n' });
      const url = 'us-docker.pkg.dev/team/apps/shop:v1';
      const ours = packedBody('v1', await readAppYaml(folder), { kind: 'image', url });
      const theirs = await gcloudRequest(folder, `--image-url=${url}`);
      expect(theirs).toEqual({ kind: 'body', body: JSON.parse(JSON.stringify(ours)) });
    },
    PATIENCE_MS,
  );
  it.concurrent(
    'dispatch rules',
    async () => {
      const file = join(await folderWith({}), 'dispatch.yaml');
      await writeFile(file, 'dispatch:\n- {url: "*-a.b-c.d/x//*", service: a1}\n- {url: c.d/, module: b1}\n');
      expect(await gcloudDispatch(file)).toEqual(await readDispatchYaml(file));
    },
    PATIENCE_MS,
  );
  it.concurrent.each(Object.entries(REFUSED))(
    'and refuses %s',
    async (_, text) => {
      const go = { 'main.go': 'package main\n', 'other.go': 'package other\n' };
      const folder = await folderWith({ 'app.yaml': text, ...go });
      await expect(requestOf(folder)).rejects.toMatchObject({ kind: 'invalid' });
      expect(await gcloudRequest(folder)).toMatchObject({ kind: 'refused' });
    },
    PATIENCE_MS,
  );
});

/** A folder that goes with all the others at the end: what a test of many at a time hangs on itself may hit another. */
function newFolder(): Promise<string> {
  return mkdtemp(join(root, 'app-'));
}

async function requestOf(folder: string): Promise<unknown> {
  const app = await readAppYaml(folder);
  const files = await readSource(app);
  const body = versionBody(
    'v1',
    app,
    files,
    (sha1) => `https://storage.googleapis.com/staging.demo.appspot.com/${sha1}`,
  );
  // As it goes over the wire.
  return JSON.parse(JSON.stringify(body));
}

async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await newFolder();
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  await symlink('app.yaml', join(folder, 'link.txt'));
  return folder;
}

/** gcloud writes a .gcloudignore into the folder. */
async function copyOf(folder: string): Promise<string> {
  const copy = await newFolder();
  await cp(folder, copy, { recursive: true, verbatimSymlinks: true });
  return copy;
}
