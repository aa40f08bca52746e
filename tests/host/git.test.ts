import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it, vi } from 'vitest';
import { commitsBetween, gitState } from '../../src/host/git.ts';
import { temporaryFolder } from '../deploy/local-app-engine.ts';

async function repository() {
  const folder = await temporaryFolder();
  const git = async (...args: string[]) =>
    (
      await execa('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', ...args], {
        cwd: folder,
      })
    ).stdout;
  const commit = async (path: string, subject: string) => {
    await mkdir(join(folder, path, '..'), { recursive: true });
    await writeFile(join(folder, path), subject);
    await git('add', '.');
    await git('commit', '-q', '-m', `${subject}\n\nAt length.`);
    return git('rev-parse', 'HEAD');
  };
  await git('init', '-q');
  return { folder, git, commit };
}

describe('where a folder stands', () => {
  it('on a commit, clean or not', async () => {
    const { folder, commit, git } = await repository();
    await commit('app/one', 'First');
    const head = await commit('app/two', 'Second: ünder way');
    const app = join(folder, 'app');
    expect(await gitState(app)).toEqual({
      commit: head,
      subject: 'Second: ünder way',
      clean: true,
      changes: [],
    });
    await git('mv', 'app/one', 'app/moved ünder');
    await writeFile(join(app, 'two'), 'changed');
    await writeFile(join(app, 'new'), '');
    await writeFile(join(folder, 'elsewhere'), '');
    expect(await gitState(app)).toMatchObject({
      clean: false,
      changes: ['app/moved ünder', 'app/two', 'app/new'],
    });
  });
  it('nowhere: no repository, no commit, no folder, no git', async () => {
    expect(await gitState(await temporaryFolder())).toBeUndefined();
    const { folder } = await repository();
    expect(await gitState(folder)).toBeUndefined();
    expect(await gitState(join(folder, 'nonesuch'))).toBeUndefined();
    vi.stubEnv('PATH', '');
    expect(await gitState(folder)).toBeUndefined();
    vi.unstubAllEnvs();
  });
  it('by the folder, not by what a hook of another repository has set', async () => {
    const { folder, commit } = await repository();
    const head = await commit('one', 'First');
    vi.stubEnv('GIT_DIR', join(folder, 'nonesuch'));
    expect(await gitState(folder)).toMatchObject({ commit: head });
    vi.unstubAllEnvs();
  });
  it('what git cannot tell is said in its words', async () => {
    const { folder, commit } = await repository();
    await commit('one', 'First');
    await writeFile(join(folder, '.git/config'), '[core');
    await expect(gitState(folder)).rejects.toThrow(/^git cannot tell where .*bad config/);
  });
});

describe('what came since', () => {
  it('newest first, of this folder, no more than asked for', async () => {
    const { folder, commit } = await repository();
    const from = await commit('app/one', 'First');
    await commit('app/two', 'Second');
    await commit('other/x', 'Elsewhere');
    const to = await commit('app/three', 'Third');
    const app = join(folder, 'app');
    expect(await commitsBetween(app, from, to, 10)).toEqual(['Third', 'Second']);
    expect(await commitsBetween(app, from, to, 1)).toEqual(['Third']);
    expect(await commitsBetween(app, to, to, 10)).toEqual([]);
  });
  it('nothing is known of a commit that is not there, nor where there is no repository', async () => {
    const { folder, commit } = await repository();
    const head = await commit('one', 'First');
    expect(await commitsBetween(folder, 'f'.repeat(40), head, 10)).toBeUndefined();
    expect(await commitsBetween(folder, 'nonesuch', head, 10)).toBeUndefined();
    expect(await commitsBetween(folder, '--output=/tmp/x', head, 10)).toBeUndefined();
    expect(await commitsBetween(await temporaryFolder(), head, head, 10)).toBeUndefined();
  });
});
