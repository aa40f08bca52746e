import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { connectCloud, type DeployProgress, readAppYaml, readSource } from '../../src/deploy/index.ts';
import { copyOfExample, countFiles, localAppEngine, temporaryFolder } from './local-app-engine.ts';

async function folderWith(files: Record<string, string>): Promise<string> {
  const folder = await temporaryFolder();
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return folder;
}

const sourceOf = async (folder: string) => readSource(await readAppYaml(folder));

/** Paths that would be uploaded, but for app.yaml itself. */
async function pathsOf(files: Record<string, string>, runtime = 'nodejs22'): Promise<string[]> {
  const folder = await folderWith({ 'app.yaml': `runtime: ${runtime}\n`, ...files });
  return (await sourceOf(folder)).map((file) => file.path).filter((path) => path !== 'app.yaml');
}

describe('which files are uploaded', () => {
  it('without .gcloudignore: all but what gcloud leaves out; .gitignore’s rules do not count', async () => {
    const files = {
      '.env': '',
      '.git/config': '',
      '.gitignore': 'app.yaml',
      'node_modules/a/index.js': '',
      'lib/node_modules/b/index.js': '',
      'lib/.git': '',
      'lib/node_modules.txt': '',
    };
    await expect(pathsOf(files)).resolves.toEqual(['.env', 'lib/node_modules.txt']);
  });
  it.each([
    ['*.log', ['a.log', 'x/b.log'], ['c.txt']],
    ['/top.txt', ['top.txt'], ['x/top.txt']],
    ['a/b', ['a/b', 'x/a/b'], ['a/c']],
    ['build/', ['build/out.js', 'x/build/out.js'], ['x/build.js']],
    ['*.txt\n!keep.txt', ['a.txt'], ['keep.txt', 'x/keep.txt']],
    ['docs/**', ['docs/a', 'docs/x/b'], ['doc']],
    ['**/tmp', ['tmp/a', 'x/tmp/b'], ['tmpx']],
    ['[!a].md', ['b.md'], ['a.md']],
    ['file?.js', ['file1.js'], ['file12.js']],
    ['\\#odd', ['#odd'], ['odd']],
    ['a.b+(c)', ['a.b+(c)'], ['axb+(c)']],
    ['# a comment\n\n', [], ['a comment']],
    ['[^a].md', ['^.md', 'a.md'], ['b.md']],
    ['[!]x', ['[!]x'], ['ax', '!x']],
    ['-x', ['-x', 'y/-x'], ['x']],
    ['dir/ ', [], ['dir/a']],
    ['dir\\ ', ['dir '], ['dir']],
    ['*\n!src', ['a.js', 's/f'], ['src/deep/f']],
    ['x/**/b', ['x/b', 'x/y/b'], ['y/x/b']],
    ['x/*\n!x/keep', ['x/a'], ['x/keep']],
    ['ÿ*', ['ÿ – 金.txt'], ['y']],
  ])('with the rule %j', async (rules, gone, kept) => {
    const files = Object.fromEntries([...gone, ...kept].map((path) => [path, path]));
    const paths = await pathsOf({ ...files, '.gcloudignore': `.gcloudignore\n${rules}` });
    expect(paths).toEqual(kept.toSorted());
  });
  it.each([
    ['python312', ['__pycache__/a', 'setup.cfg'], ['sub/setup.cfg', 'node_modules/x']],
    ['php84', ['vendor/a'], ['sub/vendor/a']],
    ['java21', ['target/app.jar', 'sub/target/x'], ['app.jar']],
    ['ruby33', ['.env', '.hidden/a', 'a~', '#a#', 'x.pyc', 'sub/.git/x'], ['node_modules/a']],
  ])('without .gcloudignore, with %s', async (runtime, gone, kept) => {
    const files = Object.fromEntries([...gone, ...kept].map((path) => [path, path]));
    expect(await pathsOf(files, runtime)).toEqual(kept.toSorted());
  });
  it('by skip_files, where the runtime has them', async () => {
    const rule = 'ruby33\nskip_files:\n- ^(.*/)?a$\n- (?i)B\n';
    await expect(pathsOf({ a: '', 'x/a': '' }, 'ruby33\nskip_files: (\n')).rejects.toThrow(
      /line 2: .*no regular expression/,
    );
    await expect(pathsOf({ a: '' }, 'nodejs22 # skip_files\n')).rejects.toThrow(/mentions skip_files/);
    await expect(pathsOf({ '.gcloudignore': '' }, rule)).rejects.toThrow(
      /keep one of the two|no regular expression/,
    );
    expect(await pathsOf({ a: '', 'x/a': '', '.c': '' }, 'ruby33\nskip_files: ^(.*/)?a$\n')).toEqual(['.c']);
  });
  it('flex needs its app.yaml', async () => {
    await expect(pathsOf({ '.gcloudignore': '*.yaml' }, 'custom\nenv: flex\n')).rejects.toThrow(
      /flex needs it/,
    );
  });
  it('a rule file may include another of its folder', async () => {
    const files = { rules: '*.log\n#!include:gone\n', 'a.log': '', b: '' };
    expect(await pathsOf({ ...files, '.gcloudignore': 'rules\n.gcloudignore\n#!include:rules\n' })).toEqual([
      'b',
    ]);
    await expect(pathsOf({ '.gcloudignore': '#!include:gone\n' })).rejects.toThrow(
      /includes "gone", which is not there/,
    );
    await expect(pathsOf({ '.gcloudignore': '#!include:a/b\n' })).rejects.toThrow(
      /only a file of the same folder/,
    );
  });
  it('Go: the whole module, and where the main package lies in it', async () => {
    const folder = await folderWith({
      'go.mod': 'module m',
      'web/app.yaml': 'runtime: go122',
      'web/main.go': '',
      '.git/x': '',
    });
    const files = await sourceOf(join(folder, 'web'));
    expect(files.map((f) => f.path)).toEqual(['_main-package-path', 'go.mod', 'web/app.yaml', 'web/main.go']);
    expect(files[0]).toMatchObject({ content: { kind: 'made', text: 'web' } });
    await expect(pathsOf({ 'a.go': 'package other' }, 'go122')).rejects.toThrow(
      /holds the Go package other instead of main/,
    );
  });
  it('a file too large for its runtime is told before anything is sent', async () => {
    const large = 'x'.repeat(32 * 1024 * 1024 + 1);
    await expect(pathsOf({ large }, 'php55')).rejects.toThrow(
      /33554433 bytes, and with php55 App Engine takes 33554432/,
    );
    expect(await pathsOf({ large }, 'php84')).toEqual(['large']);
  });
  it('carry their SHA-1', async () => {
    const [file] = await sourceOf(await folderWith({ 'app.yaml': 'runtime: nodejs22', a: 'hello\n' }));
    expect(file).toMatchObject({ path: 'a', bytes: 6, sha1: 'f572d396fae9206628714fb2ce00f72e94f2258f' });
  });
  it('links are followed, and one in a circle is told', async () => {
    const folder = await folderWith({ 'app.yaml': 'runtime: nodejs22', 'real/a': '1' });
    await symlink(join(folder, 'real'), join(folder, 'again'));
    expect((await sourceOf(folder)).map((f) => f.path)).toEqual(['again/a', 'app.yaml', 'real/a']);
    await symlink(folder, join(folder, 'real/loop'));
    await expect(sourceOf(folder)).rejects.toThrow(/loop is a link to a folder above itself/);
  });
  it('too many are told before anything is sent', async () => {
    const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`f${i}`, '']));
    await expect(pathsOf(many)).rejects.toThrow(
      /has 10001 files to upload, and App Engine takes 10000 at most/,
    );
  });
});

describe('uploads', () => {
  it('of a file too large for one request, and of the same content once', async () => {
    const { appEngine, clock } = await localAppEngine(60);
    const { url } = appEngine;
    const endpoints = { appengine: url, storage: `${url}/storage/v1/`, logging: url };
    const cloud = connectCloud({ project: 'demo', endpoints, clock, log: () => undefined });
    const folder = await copyOfExample();
    const large = Buffer.alloc(6 * 1024 * 1024, `large ${clock.now()} `);
    await writeFile(join(folder, 'large.bin'), large);
    await writeFile(join(folder, 'copy.bin'), large);
    const files = await countFiles(folder);
    const seen: DeployProgress[] = [];
    const hooks = {
      onOperation: async () => undefined,
      onProgress: (p: DeployProgress) => void seen.push(p),
    };
    const request = { service: 'default', folder, startedAt: clock.now(), resumed: false };
    await expect(cloud.deploy({ ...request, version: 'v2' }, hooks)).resolves.toMatchObject({
      files,
      uploaded: 1,
    });
    expect(seen).toContainEqual(
      expect.objectContaining({ phase: 'uploading', files: { done: 1, total: 1 } }),
    );
    await expect(cloud.deploy({ ...request, version: 'v3' }, hooks)).resolves.toMatchObject({
      files,
      uploaded: 0,
    });
  });
});
