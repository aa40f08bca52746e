import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from './local-app-engine.ts';

const ROOT = join(import.meta.dirname, '../..');

/** The packages that a fresh process has run code of, from the coverage that Node writes when it ends. */
async function packagesLoadedBy(script: string): Promise<string[]> {
  const folder = await temporaryFolder();
  await promisify(execFile)(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    cwd: ROOT,
    env: { ...process.env, NODE_V8_COVERAGE: folder },
  });
  const reports = await Promise.all(
    (await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8')),
  );
  const urls: string[] = reports.flatMap((report) =>
    JSON.parse(report).result.map((r: { url: string }) => r.url),
  );
  const packages = urls.flatMap((url) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1] ?? []);
  return [...new Set(packages)].toSorted();
}

const importOf = (door: string) => `await import(${JSON.stringify(pathToFileURL(join(ROOT, door)).href)});`;
const heavy = (name: string) =>
  /^@google-cloud\/|^google-|^gaxios|^chart\.js|^@napi-rs|^execa|^yaml$/.test(name);

describe('a process that only knows of Google', () => {
  it.each(['src/deploy/index.ts', 'src/monitor/index.ts', 'src/host/run-command.ts', 'src/host/git.ts'])(
    'pays nothing for %s',
    async (door) => {
      const loaded = await packagesLoadedBy(importOf(door));
      expect(loaded).toContain('tsx');
      expect(loaded.filter(heavy)).toEqual([]);
    },
  );
  it('reads an app.yaml without Google’s clients', async () => {
    const folder = JSON.stringify(join(ROOT, 'examples/signals'));
    const script = `const { readAppYaml } = ${importOf('src/deploy/index.ts').replace(';', '')}; await readAppYaml(${folder});`;
    expect((await packagesLoadedBy(script)).filter(heavy)).toEqual(['yaml']);
  });
});
