import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { execa } from 'execa';
import { describe, expect, it, vi } from 'vitest';
import { type CommandHooks, runCommand } from '../../src/host/run-command.ts';
import { temporaryFolder } from '../deploy/local-app-engine.ts';

async function run(text: string, within = 60_000, hooks: CommandHooks = {}, env = {}) {
  return runCommand({ name: 'check', run: text, within }, { cwd: await temporaryFolder(), env }, hooks);
}

/** Whether a process of this id is still there, other than as a dead one that nobody has asked about. */
async function runs(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return stat !== '' && !/\) Z /.test(stat);
}

async function isGone(pid: string): Promise<void> {
  await vi.waitFor(async () => expect(await runs(Number(pid))).toBe(false), 20_000);
}

describe('what a command says', () => {
  it('both outputs in the order written, line by line, without colours', async () => {
    const lines: string[] = [];
    const result = await run('echo one; echo two >&2; printf "\\033[31mthree\\033[0m\\n\\nfour"', 60_000, {
      onLine: (line) => lines.push(line),
    });
    expect(lines).toEqual(['one', 'two', 'three', 'four']);
    expect(result).toMatchObject({ ok: true, code: 0, why: '', tail: 'one\ntwo\nthree\n\nfour' });
  });
  it('the end of much, and of a line without end, in bounded pieces', async () => {
    let longest = 0;
    const onLine = (line: string) => {
      longest = Math.max(longest, line.length);
    };
    const { tail } = await run(
      'yes 0123456789 | head -n 200000; head -c 3000000 /dev/zero | tr "\\0" x; echo; echo end',
      60_000,
      {
        onLine,
      },
    );
    expect(tail.length).toBeLessThanOrEqual(4_000);
    expect(tail).toMatch(/x\nend$/);
    expect(longest).toBe(2_000);
  });
  it('characters that arrive in two halves are whole', async () => {
    expect((await run('printf "\\303"; sleep 0.1; printf "\\244\\n"')).tail).toBe('ä');
  });
  it('a progress bar by its last state among lines', async () => {
    expect((await run('printf "10 %%\\r20 %%\\r\\ndone\\r\\n"')).tail).toBe('10 %\n20 %\ndone');
  });
});

describe('how a command fails', () => {
  it.each([
    ['exit 3', 3, /^ended with 3$/],
    ['nonesuch-program', 127, /^ended with 127$/],
    ['if', 2, /^ended with 2$/],
    ['kill -KILL $$', undefined, /^was ended by SIGKILL$/],
  ])('%s', async (text, code, why) => {
    const result = await run(text);
    expect(result).toMatchObject({ ok: false, code });
    expect(result.why).toMatch(why);
  });
  it('what the shell complains about is told', async () => {
    expect((await run('nonesuch-program')).tail).toMatch(/nonesuch-program/);
    expect((await run('if')).tail).toMatch(/[Ss]yntax error/);
  });
  it('in a folder that is not there', async () => {
    const result = await runCommand(
      { name: 'x', run: 'true', within: 1_000 },
      { cwd: '/nonesuch', env: {} },
      {},
    );
    expect(result).toMatchObject({
      ok: false,
      code: undefined,
      why: 'could not be started: there is no folder /nonesuch',
    });
  });
});

describe('without a shell', () => {
  const plainly = async (text: string, env = {}, asked: readonly string[] = [], within = 60_000) =>
    runCommand(
      { name: 'check', run: text, shell: false, within },
      { cwd: await temporaryFolder(), env, asked },
      {},
    );

  it('a program gets its arguments as they are, a reason with anything in it as one of them', async () => {
    const REASON = 'it is "slow"; echo owned $(echo owned) `echo owned` | cat';
    const { tail, ok } = await plainly(`printf '[%s]' a "b c" $REASON "$VERSION"`, { REASON, VERSION: 'v2' });
    expect(ok).toBe(true);
    expect(tail).toBe(`[a][b c][${REASON}][v2]`);
  });
  it('what is not there is told by its name', async () => {
    expect(await plainly('nonesuch-program now')).toMatchObject({
      ok: false,
      code: undefined,
      why: 'could not be started: there is no program nonesuch-program',
    });
  });
  it('what only a shell could do is not started', async () => {
    expect((await plainly('true; echo owned')).why).toBe(
      'could not be started: only a shell understands its ;. Add shell: true in the plan',
    );
  });
  it('gets of the environment what is common, what was asked for and what it is given', async () => {
    vi.stubEnv('SLACK_CHANNEL', 'unasked');
    vi.stubEnv('PAGER_TOKEN', 'asked');
    vi.stubEnv('HTTPS_PROXY', 'http://proxy');
    const { tail } = await plainly('env', { VERSION: 'v7' }, ['PAGER_TOKEN']);
    vi.unstubAllEnvs();
    expect(tail).not.toMatch(/unasked/);
    expect(tail).toMatch(/^PAGER_TOKEN=asked$/m);
    expect(tail).toMatch(/^HTTPS_PROXY=http:\/\/proxy$/m);
    expect(tail).toMatch(/^VERSION=v7$/m);
  });
  it('its time limit ends a grandchild that ignores being asked', async () => {
    const folder = await temporaryFolder();
    const stubborn = join(folder, 'stubborn.sh');
    await writeFile(stubborn, 'trap "" TERM\necho $$\nwhile :; do sleep 1; done\n');
    const parent = join(folder, 'parent.sh');
    await writeFile(parent, `trap "" TERM\nsh ${stubborn} &\nwait\nwait\n`);
    const { tail, why } = await plainly(`sh ${parent}`, {}, [], 6_000);
    expect(why).toBe('took longer than 6 seconds and was ended');
    expect(tail).toMatch(/^\d+$/);
    await isGone(tail);
  });
});

describe('what a command may leave', () => {
  it('on time-out everything that it started is ended', async () => {
    const result = await run('sleep 300 & echo $!; sleep 300', 1_000);
    expect(result).toMatchObject({
      ok: false,
      code: undefined,
      why: 'took longer than 1 second and was ended',
    });
    await isGone(result.tail);
  });
  it('whoever does not listen is made to end', async () => {
    const result = await run('trap "" TERM; sh -c "while :; do sleep 1; done" & echo $!; wait', 5_000);
    expect(result.why).toMatch(/^took longer than/);
    await isGone(result.tail);
  });
  it('what it left behind neither holds the answer up nor goes on', async () => {
    const result = await run('sleep 300 & echo $!');
    expect(result).toMatchObject({ ok: true, code: 0 });
    await isGone(result.tail);
  });
  it('a stop ends it, and one that came before keeps it from starting', async () => {
    const stop = new AbortController();
    const running = run('echo $$; sleep 300', 60_000, {
      signal: stop.signal,
      onLine: () => stop.abort(new Error('stopping')),
    });
    const result = await running;
    expect(result).toMatchObject({ ok: false, why: 'was stopped' });
    await isGone(result.tail);
    const lines: string[] = [];
    await run('echo begun', 60_000, { signal: stop.signal, onLine: (line) => lines.push(line) });
    await delay(50);
    expect(lines).toEqual([]);
  });
});

it('does not outlive this process', async () => {
  const door = JSON.stringify(join(import.meta.dirname, '../../src/host/run-command.ts'));
  const script = `
    const { runCommand } = await import(${door});
    const onLine = (line) => { console.log(line); process.exit(0); };
    await runCommand({ name: 'x', run: 'echo $$; sleep 300', within: 60000 }, { cwd: '/', env: {} }, { onLine });`;
  const { stdout } = await execa(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script]);
  expect(stdout).toMatch(/^\d+$/);
  await isGone(stdout);
});

it('secrets of this process do not reach it, the path of a key file and what is given do', async () => {
  vi.stubEnv('TELEGRAM_BOT_TOKEN', '1:hidden');
  vi.stubEnv('My_Api_Token', 'hidden');
  vi.stubEnv('DB_PASSWORD', 'hidden');
  vi.stubEnv('CLIENT_SECRET_ID', 'hidden');
  vi.stubEnv('SIGNING_PRIVATE_KEY', 'hidden');
  vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', '/keys/key.json');
  const { tail } = await run('env', 60_000, {}, { VERSION: 'v7', DEPLOY_TOKEN_NAME: 'given' });
  vi.unstubAllEnvs();
  expect(tail).not.toMatch(/hidden/);
  expect(tail).toMatch(/^GOOGLE_APPLICATION_CREDENTIALS=\/keys\/key\.json$/m);
  expect(tail).toMatch(/^VERSION=v7$/m);
  expect(tail).toMatch(/^DEPLOY_TOKEN_NAME=given$/m);
  expect(tail).toMatch(/^PATH=/m);
});
