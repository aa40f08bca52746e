import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sluice } from '../process/sluice.ts';
import { copyOfExample, temporaryFolder } from './local-app-engine.ts';

async function dryRun(folder: string, args: string[], env: Record<string, string> = {}) {
  const process = sluice(['deploy', folder, ...args, '--dry-run'], folder, env);
  const code = await process.ended();
  return { code, out: process.out(), err: process.err() };
}

async function folderWith(appYaml: string): Promise<string> {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'app.yaml'), appYaml);
  return folder;
}

const sha1 = (text: string) => createHash('sha1').update(text).digest('hex');

test('prints the body of the request and nothing else, and leaves the folder as it was', async () => {
  const folder = await copyOfExample();
  const before = await readdir(folder);
  const { code, out, err } = await dryRun(folder, ['--version=v7', '--json'], {
    GOOGLE_CLOUD_PROJECT: 'shop',
  });
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const body = JSON.parse(out);
  expect(body).toMatchObject({ id: 'v7', runtime: expect.stringMatching(/^nodejs/), entrypoint: {} });
  expect(Object.keys(body.deployment.files)).toContain('server.js');
  const { sha1Sum, sourceUrl } = body.deployment.files['app.yaml'];
  expect(sourceUrl).toBe(`https://storage.googleapis.com/staging.shop.appspot.com/${sha1Sum}`);
  expect(await readdir(folder)).toEqual(before);
});

test('needs no project, and says in a sentence what it would make', async () => {
  const folder = await folderWith('runtime: nodejs22\nservice: shop\n');
  const body = JSON.parse((await dryRun(folder, ['--version=v1', '--json'])).out);
  expect(body.deployment.files['app.yaml'].sourceUrl).toMatch(/\/staging\.your-project\.appspot\.com\//);
  expect((await dryRun(folder, ['--version=v1'])).out).toBe(
    'Version v1 of shop would be made from 1 files (32 bytes in all) for nodejs22, standard environment. Nothing was sent.\n',
  );
});

test('a wrong file is told on standard error, with line and key', async () => {
  const folder = await folderWith('runtime: nodejs22\nautomatic_scaling:\n  max_instance: 3\n');
  const { code, out, err } = await dryRun(folder, ['--version=v1', '--json']);
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toMatch(
    /app\.yaml, line 3: "max_instance" is not a setting .* in automatic_scaling\. Did you mean "max_instances"\?\n$/,
  );
  expect(err.split('\n')).toHaveLength(2);
});

test('what is taken as gcloud takes it but is hardly meant is a warning', async () => {
  const folder = await folderWith('runtime: nodejs22\napp_engine_apis: "false"\n');
  const { code, out, err } = await dryRun(folder, ['--version=v1', '--json']);
  expect(code).toBe(0);
  expect(JSON.parse(out).appEngineApis).toBe(true);
  expect(err).toMatch(/line 2: app_engine_apis should be true or false, but it is "false"; .* for true\.\n$/);
});

test('an image for flex takes the place of the files', async () => {
  const folder = await folderWith('runtime: custom\nenv: flex\n');
  const image = 'us-docker.pkg.dev/team/apps/shop:v1';
  const { code, out, err } = await dryRun(folder, ['--version=v1', '--json', `--from=${image}`]);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(JSON.parse(out)).toMatchObject({ runtime: 'vm', deployment: { container: { image } } });
  expect((await dryRun(folder, ['--version=v1', `--from=${image}`])).out).toMatch(/from the image us-docker/);
});

test.each([
  ['docker.io/library/node:22', /Google's registries only/],
  ['main', /cannot look up "main": name a folder instead/],
])('from %s there is no dry run', async (from, sentence) => {
  const folder = await folderWith('runtime: custom\nenv: flex\n');
  const { code, out, err } = await dryRun(folder, ['--version=v1', '--json', `--from=${from}`]);
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toMatch(sentence);
});

test('a version id that App Engine does not take', async () => {
  const folder = await folderWith('runtime: nodejs22\n');
  expect(await dryRun(folder, ['--version=V_2'])).toMatchObject({
    code: 1,
    out: '',
    err: expect.stringContaining('"V_2"'),
  });
});

test('in a repository, where the source comes from is told as gcloud tells it, without a password', async () => {
  const folder = await folderWith('runtime: nodejs22\n');
  await mkdir(join(folder, 'sub'));
  await symlink('../app.yaml', join(folder, 'sub/other.yaml'));
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], {
      cwd: folder,
      encoding: 'utf8',
    });
  git('init', '--quiet');
  git('commit', '--quiet', '--allow-empty', '--message=first');
  git('remote', 'add', 'origin', 'https://ada:secret@github.com/team/app.git');
  const revision = git('rev-parse', 'HEAD').trim();
  const { deployment } = JSON.parse((await dryRun(folder, ['--version=v1', '--json'])).out);
  const expected = `{"git": {"url": "https://github.com/team/app.git", "revisionId": "${revision}"}}`;
  expect(deployment.files['source-context.json'].sha1Sum).toBe(sha1(expected));
  expect(Object.keys(deployment.files).toSorted()).toEqual([
    'app.yaml',
    'source-context.json',
    'sub/other.yaml',
  ]);
});
