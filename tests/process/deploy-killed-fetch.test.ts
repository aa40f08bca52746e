import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { gitState } from '../../src/host/git.ts';
import { temporaryFolder } from '../deploy/local-app-engine.ts';
import { canServe, serveGit } from '../host/git-server.ts';
import { repository } from '../host/repository.ts';

const FETCHING = fileURLToPath(new URL('./fetching.js', import.meta.url));

/** A repository over http that hands out parts of commits; it falls silent while `holds` says so. */
async function world() {
  const { folder, git, commit } = await repository();
  await git('config', 'uploadpack.allowAnySHA1InWant', 'true');
  await git('config', 'uploadpack.allowFilter', 'true');
  const head = await commit('First');
  const target = join(await temporaryFolder(), 'here');
  return { folder, target, head };
}

function fetching(address: string, commit: string, target: string) {
  const child = spawn(process.execPath, [FETCHING, address, 'main', commit, target], { stdio: 'inherit' });
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = once(child, 'exit').then(([code, signal]) => code ?? signal);
  return { child, ended };
}

/** That it is the commit, all of it, and that nothing else lies about. */
async function expectWhole(target: string, head: string) {
  const tree = join(target, 'tree');
  expect(await gitState(tree)).toMatchObject({ commit: head, clean: true });
  expect(await readFile(join(tree, 'apps/web/app.yaml'), 'utf8')).toMatch(/^# First/);
  expect(await readdir(dirname(target))).toEqual([basename(target)]);
  const names = await readdir(join(target, 'repository'), { recursive: true });
  expect(names.filter((name) => /\.lock$|tmp_/.test(name))).toEqual([]);
}

const options = { skip: !canServe };

test('killed while commits come: git dies too, and the next one brings the commit', options, async () => {
  const { folder, target, head } = await world();
  let silent = true;
  const server = await serveGit(dirname(folder), { holds: () => silent });
  const address = `${server.url}/${basename(folder)}/.git`;
  const first = fetching(address, head, target);
  const { gone } = await server.held;
  first.child.kill('SIGKILL');
  expect(await first.ended).toBe('SIGKILL');
  // Not only the process that was killed: git, and what git had started, hold the line no more.
  await gone;
  await expect(stat(target)).rejects.toThrow(/ENOENT/);
  silent = false;
  expect(await fetching(address, head, target).ended).toBe(0);
  await expectWhole(target, head);
});

test(
  'killed while files come: what came before is not asked for again, and no lock keeps the next one',
  options,
  async () => {
    const { folder, target, head } = await world();
    const aside = `${target}.new`;
    let silent = true;
    const server = await serveGit(dirname(folder), {
      holds: () => silent && existsSync(join(aside, 'fetched')),
    });
    const address = `${server.url}/${basename(folder)}/.git`;
    const first = fetching(address, head, target);
    const { gone } = await server.held;
    first.child.kill('SIGKILL');
    await first.ended;
    await gone;
    await expect(stat(target)).rejects.toThrow(/ENOENT/);
    // Killed where it hurts most, git leaves these behind, and would not go on while they lie there.
    for (const lock of ['index.lock', 'shallow.lock']) await writeFile(join(aside, 'repository', lock), '');
    const asked = () => server.seen.filter(({ body }) => body.includes('deepen')).length;
    expect(asked()).toBe(1);
    silent = false;
    expect(await fetching(address, head, target).ended).toBe(0);
    expect(asked()).toBe(1);
    await expectWhole(target, head);
  },
);

test('what a killed one has left is no good: it is brought anew', options, async () => {
  const { folder, target, head } = await world();
  const server = await serveGit(dirname(folder));
  const address = `${server.url}/${basename(folder)}/.git`;
  expect(await fetching(address, head, `${target}.new`).ended).toBe(0);
  await writeFile(join(`${target}.new`, 'repository/HEAD'), 'cut');
  expect(await fetching(address, head, target).ended).toBe(0);
  await expectWhole(target, head);
});
