import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { gitState } from '../../src/host/git.ts';
import { fetchCommit, TREE } from '../../src/host/git-fetch.ts';
import { resolveRef } from '../../src/host/git-remote.ts';
import { temporaryFolder } from '../deploy/local-app-engine.ts';
import { canServe, serveGit } from './git-server.ts';
import { repository } from './repository.ts';

const GONE = '0123456789012345678901234567890123456789';

/** Of a user who has nothing but what a test writes there. */
let home: string;
beforeEach(async () => {
  home = await temporaryFolder();
  vi.stubEnv('HOME', home);
  vi.stubEnv('XDG_CONFIG_HOME', home);
  vi.stubEnv('GIT_CONFIG_NOSYSTEM', '1');
  for (const name of ['GIT_SSH', 'GIT_SSH_COMMAND', 'GIT_ASKPASS', 'SSH_ASKPASS'])
    vi.stubEnv(name, undefined);
});
afterEach(() => vi.unstubAllEnvs());

const configure = (text: string) => writeFile(join(home, '.gitconfig'), text);

/** What a refusal says. */
async function saidBy(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'nothing',
    (error: Error) => error.message,
  );
}

async function fetched(address: string, ref: string, commit: string) {
  const target = join(await temporaryFolder(), 'here');
  await fetchCommit({ repository: address, ref, commit }, target);
  const tree = join(target, TREE);
  return { state: await gitState(tree), app: await readFile(join(tree, 'apps/web/app.yaml'), 'utf8') };
}

describe.skipIf(!canServe)('over http (skipped where this git has no http-backend)', () => {
  async function served(login?: string) {
    const { folder, git, commit } = await repository();
    const server = await serveGit(dirname(folder), login === undefined ? {} : { login });
    return { git, commit, folder, server, address: `${server.url}/${basename(folder)}/.git` };
  }

  it.each([
    ['by itself', 'true'],
    ['where only what has a name is handed out', 'false'],
  ])('a commit that is older than its branch, %s', async (_, allowed) => {
    const { address, git, commit } = await served();
    await git('config', 'uploadpack.allowAnySHA1InWant', allowed);
    await git('config', 'uploadpack.allowFilter', allowed);
    const first = await commit('First');
    const second = await commit('Second');
    expect(await resolveRef(address, 'main')).toBe(second);
    const { state, app } = await fetched(address, 'main', first);
    expect(state).toMatchObject({ commit: first, subject: 'First', clean: true });
    expect(app).toMatch(/^# First/);
  });

  it('with a password from a credential helper; without one nobody is asked', async () => {
    const { address, commit, server } = await served('ada:geheim');
    const head = await commit('First');
    const asked = await saidBy(resolveRef(address, 'main'));
    expect(asked).toMatch(/^Could not look main up: the repository .* asks for a user and a password \(/);
    expect(asked).toMatch(/\. Set up a credential helper .*\.$/);

    const { host } = new URL(server.url);
    await configure(`[credential]\n\thelper = "!f() { echo username=ada; echo password=geheim; }; f"\n`);
    expect((await fetched(address, 'main', head)).state).toMatchObject({ commit: head });

    await configure(`[credential]\n\thelper = "!f() { echo username=ada; echo password=falsch; }; f"\n`);
    for (const work of [
      resolveRef(address, 'main'),
      fetchCommit({ repository: address, ref: 'main', commit: head }, join(home, 'here')),
    ]) {
      const refused = await saidBy(work);
      expect(refused).toMatch(/the repository .* refuses the credentials that git has for it \(/);
      expect(refused).toMatch(/\. Renew them .*\.$/);
      expect(refused).toContain(host);
      expect(refused).not.toMatch(/geheim|falsch/);
    }
  });

  it('a password in an address, from a rule of git’s own, is in no sentence', async () => {
    const { server, commit, folder } = await served('ada:geheim');
    await commit('First');
    const { host } = new URL(server.url);
    await configure(`[url "http://ada:fal%40sch@${host}/"]\n\tinsteadOf = https://code.example/\n`);
    const address = `https://code.example/${basename(folder)}/.git`;
    for (const ref of ['main', 'nonesuch']) {
      const said = await saidBy(resolveRef(address, ref));
      expect(said).toMatch(/refuses the credentials/);
      expect(said).not.toMatch(/fal|sch|ada/);
    }
  });

  it('a repository that is gone, a branch that is gone, a commit that was written over, a port where nobody is', async () => {
    const { address, commit, git, folder } = await served();
    await git('config', 'uploadpack.allowAnySHA1InWant', 'true');
    await commit('First');
    expect(await resolveRef(address, 'nonesuch')).toBeUndefined();
    const away = await saidBy(fetched(address, 'nonesuch', GONE));
    expect(away).toMatch(/^Could not fetch nonesuch: the repository .* no longer has that commit \(/);
    const over = await saidBy(fetched(address, 'main', GONE));
    expect(over).toMatch(
      /^Could not fetch main: the repository .* no longer has that commit \(.*\. Its branch was/,
    );

    await rename(folder, `${folder}-moved`);
    const gone = await saidBy(resolveRef(address, 'main'));
    expect(gone).toMatch(/the repository .* is not there, or hides .*\. Correct the address/);
    await rename(`${folder}-moved`, folder);

    const closed = await saidBy(resolveRef('http://127.0.0.1:1/app.git', 'main'));
    expect(closed).toMatch(/the repository .* does not answer \(.*\. Check the network/);
  });
});

describe('over ssh', () => {
  /** Takes the place of ssh: runs on this machine what it is told to run on the other, and keeps how it was called. */
  async function localSsh(instead?: string) {
    const command = join(home, 'bin/ssh');
    const calls = join(home, 'calls');
    await mkdir(dirname(command));
    const run = instead ?? 'for last; do :; done; exec sh -c "$last"';
    await writeFile(command, `#!/bin/sh\necho "$@" >> ${calls}\n${run}\n`);
    await chmod(command, 0o755);
    return { command, calls: () => readFile(calls, 'utf8') };
  }

  it.each(['the environment', 'git’s configuration'])('by the command of %s', async (where) => {
    const { command, calls } = await localSsh();
    if (where === 'the environment') vi.stubEnv('GIT_SSH_COMMAND', command);
    else await configure(`[core]\n\tsshCommand = ${command}\n`);
    const { folder, commit } = await repository();
    const head = await commit('First');
    const address = `git@code.example:${folder}/.git`;
    expect(await resolveRef(address, 'main')).toBe(head);
    expect((await fetched(address, 'main', head)).state).toMatchObject({ commit: head, clean: true });
    expect(await calls()).toMatch(/git@code\.example git-upload-pack/);
    const gone = await saidBy(resolveRef(`git@code.example:${folder}-gone`, 'main'));
    expect(gone).toMatch(/is not there, or hides .*\. Correct the address/);
  });

  it.each([
    ['Host key verification failed.', /a host key that this machine does not know.*ssh -T/],
    ['git@code.example: Permission denied (publickey).', /takes none of the ssh keys.*deploy key/],
    [
      'ssh: Could not resolve hostname code.example: Name or service not known',
      /no host of that name is known/,
    ],
    ['ssh: connect to host code.example port 22: Connection timed out', /does not answer.*Check the network/],
    ['ERROR: Repository not found.', /is not there, or hides.*Correct the address/],
  ])('what ssh says is told with what to do: %s', async (words, said) => {
    const { command } = await localSsh(`echo '${words}' >&2; exit 255`);
    vi.stubEnv('GIT_SSH_COMMAND', command);
    const sentence = await saidBy(resolveRef('git@code.example:app.git', 'main'));
    expect(sentence).toMatch(said);
    expect(sentence).toMatch(/^Could not look main up: the repository git@code\.example:app\.git .*\.$/);
    expect(sentence).not.toContain('\n');
  });

  it.skipIf(process.platform !== 'linux')(
    'leads a session of its own, which has no terminal to ask at',
    async () => {
      const sessions = join(home, 'sessions');
      // After the command's name, which is in brackets: state, parent, group, session.
      const { command } = await localSsh(`sed 's/.*) //' /proc/$$/stat > ${sessions}; exit 255`);
      vi.stubEnv('GIT_SSH_COMMAND', command);
      await saidBy(resolveRef('git@code.example:app.git', 'main'));
      const sessionOf = (stat: string) => stat.replace(/.*\) /, '').split(' ')[3];
      const own = sessionOf(await readFile('/proc/self/stat', 'utf8'));
      expect(sessionOf(await readFile(sessions, 'utf8'))).toMatch(/^\d+$/);
      expect(sessionOf(await readFile(sessions, 'utf8'))).not.toBe(own);
    },
  );
});
