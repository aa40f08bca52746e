import { execFileSync } from 'node:child_process';
import { cp, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { SAMPLE_APP } from '../../src/local.ts';
import { MINUTE } from '../../src/plan/duration.ts';
import { ADA, assembleTeam, BEN, item, liveSplit, type Team } from '../story/team.ts';
import { type Process, sluice, tempFolder } from './sluice.ts';

/** One window, long enough to be judged, and then everything. */
const STEPS = [
  { traffic: 100, watch: 30 * MINUTE },
  { traffic: 1000, watch: 0 },
];

let team: Team;
let cwd: string;

function deploy(...args: string[]): Process {
  return sluice(['deploy', ...args], cwd, { SLUICE_DATA_DIR: team.dataDir });
}

async function refusal(...args: string[]): Promise<string> {
  const running = deploy(...args);
  expect(await running.ended()).toBe(1);
  expect(running.out()).toBe('');
  return running.err().trim();
}

/** What a test that failed left under way would fail the others. */
async function endWhatIsLeft(): Promise<void> {
  const left = await team.buttons();
  if (left.some((button) => button.startsWith('Promote to'))) await team.send(BEN, '/cancel');
}

const rolloutOf = (text: string) => /Rollout (\w+)/i.exec(text)?.[1] ?? '';

describe('a team without a checklist', () => {
  beforeAll(async () => {
    team = await assembleTeam(240, { checklist: [], steps: STEPS });
    cwd = await tempFolder();
  });
  afterEach(endWhatIsLeft);
  afterAll(() => team.close());

  test('a release that people approve ends with 0, and each step was told', { timeout: 90_000 }, async () => {
    const running = deploy('--version=v2');
    await team.press(BEN, 'Promote to 10 %');
    await team.press(BEN, 'Promote to 100 %');
    expect(await running.ended()).toBe(0);
    expect(running.err()).toBe('');
    const said = running.out().trimEnd().split('\n');
    expect(said.filter((line) => !/^\d\d:\d\d UTC {2}\S/.test(line))).toEqual([]);
    const order = [
      /default: pipeline \(\S+@\S+\) began the release of v2, from the folder \S+\/app\. Rollout \w{12}\.$/,
      /Validation: \d+ checks passed\.$/,
      /Saved\. Traffic before: v1 100 %\.$/,
      /Deployed without traffic: \d+ files, \d+ of them uploaded\. http/,
      /Promote v2 to 10 %\? Waiting for an answer in the chat, which expires in /,
      /Ben says yes\.$/,
      /Traffic: .*v2 10 %.*\. Watching for 30 minutes, until \d\d:\d\d UTC\.$/,
      /10 %: watching, \d+ of 30 minutes, (good|too little traffic to tell)\. .*Errors /,
      /Promote v2 to 100 %\?/,
      /Done: v2 has all of the traffic\.$/,
    ];
    let at = 0;
    for (const words of order) {
      const found = said.findIndex((line, i) => i >= at && words.test(line));
      expect(found, `${words} in ${said.join('\n')}`).toBeGreaterThanOrEqual(at);
      at = found;
    }
    expect(await liveSplit(team)).toEqual({ v2: 1 });
    expect((await team.waitFor(/v2 is done/)).text).toMatch(/after pipeline \(\S+@\S+\) started it/);
  });

  test('a release that is cancelled ends with 1; as JSON each event is a line', async () => {
    const running = deploy('--version=v3', '--json', '--as=Nightly build');
    await team.waitFor(/from 0 % to 10 %\?[\s\S]*Started by pipeline \(Nightly build\)/);
    await team.send(BEN, '/cancel');
    expect(await running.ended()).toBe(1);
    expect(running.err()).toBe('');
    const lines = running
      .out()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines[0]).toMatchObject({ type: 'begun', service: 'default', version: 'v3', attached: false });
    expect(lines.at(-1)).toMatchObject({
      type: 'end',
      outcome: 'cancelled',
      text: 'Cancelled. No traffic was moved by it.',
    });
    const revisions = lines.flatMap(({ type, revision }) => (type === 'event' ? [revision] : []));
    expect(revisions).toEqual(revisions.toSorted((a, b) => a - b));
    expect(new Set(revisions).size).toBe(revisions.length);
    expect(lines.find(({ event }) => event === 'cancelled')?.text).toBe('Ben cancels it.');
  });

  test('without waiting it ends with 0 once the rollout has begun; meanwhile nobody else may release, and the same key attaches', async () => {
    const first = deploy('--version=v4', '--no-wait', '--id=run 7');
    expect(await first.ended()).toBe(0);
    expect(first.out()).toMatch(/^default: the release of v4 has begun\. Rollout \w{12}\. People answer/);

    expect(await refusal('--version=v5')).toMatch(
      /^pipeline \(\S+@\S+\) is releasing v4 to default right now\. \/status shows/,
    );
    expect(await refusal('--version=v5', '--id=run 7')).toMatch(
      /^The key 'run 7' has begun the release of v4 to default before, from the folder \S+, and that is not what is ordered now\. Take another --id\.$/,
    );
    expect(await refusal('--version=v4', '--existing', '--id=run 7')).toMatch(/Take another --id\.$/);

    const again = deploy('--id=run 7');
    await again.line(/the release of v4 was begun before with the same key/);
    await again.line(/Promote v4 to 10 %/);
    expect(rolloutOf(again.out())).toBe(rolloutOf(first.out()));
    await team.send(BEN, '/cancel');
    expect(await again.ended()).toBe(1);

    // Over, and even closed by the next one, it is still found.
    const next = deploy('--version=v6', '--no-wait');
    expect(await next.ended()).toBe(0);
    await team.waitFor(/default: v6 from 0 %/);
    await team.send(BEN, '/cancel');
    await team.waitFor(/rollout of v6 is cancelled/);
    const late = deploy('--id=run 7');
    expect(await late.ended()).toBe(1);
    expect(late.out()).toMatch(/Cancelled\. No traffic was moved by it\.\n$/);
  });

  test('two commands with one key at the same moment begin one rollout', async () => {
    const both = [deploy('--id=twice', '--version=v7'), deploy('--id=twice', '--version=v7')];
    await Promise.all(both.map((one) => one.line(/Promote v7 to 10 %/)));
    const ids = both.map((one) => rolloutOf(one.out()));
    expect(ids[0]).toBe(ids[1]);
    await team.send(BEN, '/cancel');
    expect(await Promise.all(both.map((one) => one.ended()))).toEqual([1, 1]);
  });

  test('Ctrl-C ends the command, says how the rollout is ended, and leaves it alone', async () => {
    const running = deploy('--version=v8');
    await running.line(/Promote v8 to 10 %/);
    running.child.kill('SIGINT');
    expect(await running.ended()).toBe(130);
    const [, id, key] =
      /No longer watched from here, but rollout (\w+) goes on: \/cancel or \/rollback in the chat ends it\. The same command with --id=(\S+) watches it again\.\n$/.exec(
        running.out(),
      ) ?? [];
    const again = deploy('--version=v8', `--id=${key}`);
    await again.line(/Promote v8 to 10 %/);
    expect(rolloutOf(again.out())).toBe(id);
    await team.send(BEN, '/cancel');
    expect(await again.ended()).toBe(1);
  });

  test('a bot that is started anew in between is waited for, and nothing is told twice', async () => {
    const running = deploy('--version=v9');
    await running.line(/Promote v9 to 10 %/);
    await team.restartBot();
    await team.press(BEN, 'Promote to 10 %');
    await running.line(/10 %: watching/);
    await team.send(ADA, '/rollback It smells.');
    await team.press(ADA, 'Yes, roll back now');
    expect(await running.ended()).toBe(1);
    const said = running.out().trimEnd().split('\n');
    expect(said.filter((line) => /^The bot does not answer \(/.test(line))).toHaveLength(1);
    expect(said.filter((line) => line === 'The bot answers again.')).toHaveLength(1);
    const events = said.filter((line) => /^\d\d:\d\d UTC {2}(Promote|Saved|Deployed|Validation)/.test(line));
    expect(new Set(events).size).toBe(events.length);
    expect(said.at(-1)).toMatch(/UTC {2}Rolled back: It smells\. Traffic: v2 100 %\.$/);
    expect(await liveSplit(team)).toEqual({ v2: 1 });
  });

  test('the lock that a rollback leaves refuses the next release, and so does a freeze', async () => {
    expect(await refusal()).toMatch(/^default is locked.*It smells\..*\/unlock default/);
    await team.send(BEN, '/unlock default Looked at.');
    await team.waitFor(/default is unlocked/);
    await team.send(BEN, '/freeze Inventory.');
    await team.waitFor(/Releases are frozen/);
    expect(await refusal()).toMatch(
      /^Releases are frozen by Ben until somebody ends it: Inventory\. .*\/unfreeze/,
    );
    await team.send(BEN, '/unfreeze Counted.');
    await team.waitFor(/freeze \(Inventory\.\) is ended/);
  });

  test('what cannot be released is refused in the words of the chat', async () => {
    const empty = await mkdtemp(join(tmpdir(), 'sluice-empty-'));
    expect(await refusal(empty)).toContain('app.yaml');
    expect(await refusal(empty, '--service=default')).toContain('app.yaml');
    await writeFile(join(empty, 'app.yaml'), 'runtime: nodejs22\nservice: shop\n');
    expect(await refusal(empty)).toBe("There is no service 'shop' here. Known: default.");
    expect(await refusal(empty, '--service=default')).toContain("is for the service 'shop', not 'default'");
    expect(await refusal('--service=blog')).toBe("There is no service 'blog' here. Known: default.");
    expect(await refusal('--version=Version_2')).toMatch(/Version_2/);
    expect(await refusal('--version=v2')).toMatch(/^Version v2 of default exists already\./);
    expect(await refusal('--existing', '--version=v77')).toMatch(
      /^v77 is not a version of default that runs and has no traffic, so it cannot be let in\. Those that can: .*v1/,
    );
    expect(await refusal('--existing')).toBe(
      '--existing releases a version that is already there: name it with --version=ID.',
    );
    expect(await refusal(SAMPLE_APP, '--existing', '--version=v1')).toMatch(
      /^A folder, --from and --existing each say what is released/,
    );
    expect(await refusal('--as=a\nb')).toMatch(/^The name of whoever releases should be one line/);
  });

  test('a version that is already there is released without an upload', async () => {
    const running = deploy('--existing', '--version=v1');
    await running.line(/began the release of v1, which is already there/);
    await running.line(/Promote v1 to 10 %/);
    await team.send(BEN, '/cancel');
    expect(await running.ended()).toBe(1);
    expect(running.out()).not.toMatch(/uploaded/);
  });
});

describe('a team whose app is in a git repository', () => {
  let repository: string;
  const git = (...args: string[]) => execFileSync('git', ['-C', repository, ...args], { encoding: 'utf8' });

  beforeAll(async () => {
    repository = await mkdtemp(join(tmpdir(), 'sluice-repository-'));
    await cp(SAMPLE_APP, repository, { recursive: true });
    git('init', '-q', '-b', 'main');
    git('add', '.');
    git('-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', 'commit', '-q', '-m', 'A first one');
    const services = { default: { source: repository, smoke: [], verify: [] } };
    team = await assembleTeam(240, { checklist: [], services });
    cwd = await tempFolder();
  });
  afterAll(() => team.close());

  test('a branch or the commit of the pipeline is released, and the bot fetches it', async () => {
    const commit = git('rev-parse', 'HEAD').trim();
    const running = deploy(`--from=${commit}`, '--version=v2', '--id=run 8');
    await running.line(/began the release of v2, from the commit [0-9a-f]{7} of /);
    await running.line(/Promote v2 to 10 %/);
    expect(await refusal('--from=main', '--id=run 8')).toMatch(/that is not what is ordered now/);
    await team.send(BEN, '/cancel');
    expect(await running.ended()).toBe(1);
    expect(await refusal('--from=mian')).toContain('has no such branch, tag or commit');
    expect(await refusal('--from=v1')).toContain('the version v1 has traffic already');
    expect(await refusal('--from=v2')).toBe(
      "'v2' is a version that is there already: --existing --version=v2 releases it.",
    );
  });
});

describe('a team with a checklist', () => {
  beforeAll(async () => {
    const items = [item('Tests are green', { run: 'echo fine' }), item('Somebody has read it')];
    team = await assembleTeam(240, { checklist: [{ title: 'Before', items }], steps: STEPS });
    cwd = await tempFolder();
  });
  afterAll(() => team.close());

  test('its commands are run when that is wished for; the rest is ticked by people', async () => {
    const running = deploy(SAMPLE_APP, '--run-items');
    await running.line(/Waiting for the checklist in the chat: 2 items open\./);
    await running.line(/Checklist, “Tests are green”: /);
    await team.waitFor(/Open here: 1 required/);
    await team.press(ADA, 'Tick all');
    await running.line(/The checklist is done\./);
    await running.line(/Promote v\S+ to 10 %/);
    await team.send(ADA, '/cancel');
    expect(await running.ended()).toBe(1);
  });

  test('without that nothing is run', async () => {
    const running = deploy('--version=vx');
    await running.line(/2 items open/);
    await team.send(ADA, '/cancel');
    expect(await running.ended()).toBe(1);
    expect(running.out()).not.toMatch(/Tests are green/);
  });
});

test('without a bot it says so at once, and where it looked', async () => {
  const folder = await tempFolder();
  const nothing = sluice(['deploy'], folder, { SLUICE_DATA_DIR: 'data' });
  expect(await nothing.ended()).toBe(1);
  expect(nothing.err()).toMatch(/^There is no data folder data: /);
  const stopped = sluice(['deploy'], folder, { SLUICE_DATA_DIR: folder });
  expect(await stopped.ended()).toBe(1);
  expect(stopped.err()).toMatch(/^No bot answers at the data folder \S+ \(.*\)\. Start it with `sluice run`/);
});

test('a dry run takes nothing that only a release has', async () => {
  const folder = await tempFolder();
  const wrong = sluice(['deploy', '--dry-run', '--version=v1', '--existing'], folder);
  expect(await wrong.ended()).toBe(1);
  expect(wrong.err()).toMatch(/'--dry-run' cannot be used with option '--existing'/);
  const nameless = sluice(['deploy', '--dry-run'], folder);
  expect(await nameless.ended()).toBe(1);
  expect(nameless.err()).toBe('A dry run needs the id of the new version: --version=ID.\n');
});
