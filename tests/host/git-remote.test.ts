import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { commitsBetween, gitState } from '../../src/host/git.ts';
import { fetchCommit, TREE } from '../../src/host/git-fetch.ts';
import { isRef, repositoryAround, resolveRef } from '../../src/host/git-remote.ts';
import { faultOfRepository } from '../../src/plan/repository.ts';
import { temporaryFolder } from '../deploy/local-app-engine.ts';
import { repository } from './repository.ts';

describe('what a word means in a repository', () => {
  it('a branch, a tag with a message or without, a commit in full or in short', async () => {
    const { folder, git, commit } = await repository();
    const first = await commit('First');
    await git('tag', 'light');
    await git('tag', '-a', 'v1.0', '-m', 'At length');
    const second = await commit('Second');
    await git('branch', 'feature/main');
    expect(await resolveRef(folder, 'main')).toBe(second);
    expect(await resolveRef(folder, 'HEAD')).toBe(second);
    expect(await resolveRef(folder, 'light')).toBe(first);
    expect(await resolveRef(folder, 'v1.0')).toBe(first);
    expect(await resolveRef(folder, 'refs/heads/feature/main')).toBe(second);
    expect(await resolveRef(folder, first)).toBe(first);
    expect(await resolveRef(folder, second.slice(0, 8))).toBe(second);
    // Nothing points to it any more, and a repository on this machine knows it all the same.
    const third = await commit('Third');
    await git('reset', '-q', '--hard', 'HEAD~');
    expect(await resolveRef(folder, third.slice(0, 9))).toBe(third);
    expect(await resolveRef(folder, 'nonesuch')).toBeUndefined();
    expect(await resolveRef(folder, 'abcdef123')).toBeUndefined();
  });

  it('is asked back when it means two things, and said when nobody answers', async () => {
    const { folder, git, commit } = await repository();
    await commit('First');
    await git('tag', 'same');
    await commit('Second');
    await git('branch', 'same');
    await expect(resolveRef(folder, 'same')).rejects.toThrow(
      /a branch and a tag named 'same': write refs\/heads\/same or refs\/tags\/same/,
    );
    await expect(resolveRef(join(folder, 'nonesuch'), 'main')).rejects.toThrow(
      /^Could not look main up: the repository .* is not there, .* Correct the address/,
    );
  });

  it.each(['--upload-pack=true', '-x', 'a..b', 'a b', '/etc', 'x@{1}', 'a.lock', ''])(
    'is none: %s',
    async (word) => {
      expect(isRef(word)).toBe(false);
      expect(await resolveRef('.', word)).toBeUndefined();
    },
  );
});

describe('an address of a repository', () => {
  it.each([
    'https://example.org/a.git',
    'git@example.org:a/b.git',
    'ssh://git@example.org/a',
    '../here',
    '/a/b',
  ])('is fine: %s', (address) => expect(faultOfRepository(address)).toBeUndefined());
  it.each([
    'https://ada:geheim@example.org/a',
    'https://token@example.org/a',
    'ext::sh -c x',
    'ext::sh',
    '--x',
  ])('is refused: %s', (address) => expect(faultOfRepository(address)).toEqual(expect.any(String)));
});

it('a folder knows the repository around it', async () => {
  const { folder, commit } = await repository();
  await commit('First');
  expect(await repositoryAround(join(folder, 'apps/web'))).toMatchObject({ path: 'apps/web' });
  expect(await repositoryAround(folder)).toMatchObject({ path: '.' });
  expect(await repositoryAround(await temporaryFolder())).toBeUndefined();
});

describe('fetching a commit', () => {
  it('brings that very commit, with what was new before it, over what an earlier attempt has left', async () => {
    const { folder, commit } = await repository();
    const first = await commit('First');
    const second = await commit('Second');
    await commit('Third');
    const target = join(await temporaryFolder(), 'here');
    await mkdir(join(`${target}.new`, 'half'), { recursive: true });
    await fetchCommit({ repository: folder, ref: 'main', commit: second }, target);
    const tree = join(target, TREE);
    expect(await readFile(join(tree, 'apps/web/app.yaml'), 'utf8')).toMatch(/^# Second\n/);
    expect(await gitState(tree)).toMatchObject({ commit: second, subject: 'Second', clean: true });
    expect(await commitsBetween(join(tree, 'apps/web'), first, second, 8)).toEqual(['Second']);
    expect(await readdir(join(target, '..'))).toEqual(['here']);
  });

  it('brings what it is made of besides, where git may fetch that', async () => {
    const part = await repository();
    await part.commit('Part');
    const { folder, git } = await repository();
    vi.stubEnv('GIT_ALLOW_PROTOCOL', 'file');
    await git('submodule', '-q', 'add', part.folder, 'part');
    await git('commit', '-q', '-m', 'With a part');
    const commit = await git('rev-parse', 'HEAD');
    const target = join(await temporaryFolder(), 'here');
    await fetchCommit({ repository: folder, ref: 'main', commit }, target);
    vi.unstubAllEnvs();
    expect(await readFile(join(target, TREE, 'part/apps/web/app.yaml'), 'utf8')).toMatch(/^# Part/);
    expect(await gitState(join(target, TREE))).toMatchObject({ commit, clean: true });
    const again = join(await temporaryFolder(), 'here');
    await expect(fetchCommit({ repository: folder, ref: 'main', commit }, again)).rejects.toThrow(
      /Could not fetch main of .*transport 'file' not allowed/s,
    );
  });

  it('leaves nothing half done when there is no such commit, or when it is called off', async () => {
    const { folder, commit } = await repository();
    const head = await commit('First');
    const target = join(await temporaryFolder(), 'here');
    const gone = '0123456789012345678901234567890123456789';
    await expect(fetchCommit({ repository: folder, ref: 'nonesuch', commit: gone }, target)).rejects.toThrow(
      /^Could not fetch nonesuch: the repository .* no longer has that commit/,
    );
    const off = AbortSignal.abort(new Error('Called off.'));
    await expect(fetchCommit({ repository: folder, ref: 'main', commit: head }, target, off)).rejects.toThrow(
      'Called off.',
    );
    await expect(stat(target)).rejects.toThrow(/ENOENT/);
  });
});
