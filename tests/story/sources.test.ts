import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, expect, test } from 'vitest';
import { SAMPLE_APP } from '../../src/local.ts';
import { builtInPlan } from '../../src/plan/load.ts';
import { temporaryFolder } from '../deploy/local-app-engine.ts';
import { ADA, assembleTeam, BEN, liveSplit, type Team } from './team.ts';

let team: Team;
afterEach(() => team.close());

/** A repository with the sample app in the folder apps/web, on the branch main. */
async function repository() {
  const root = await temporaryFolder();
  const who = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org'];
  const git = async (...args: string[]) => (await execa('git', [...who, ...args], { cwd: root })).stdout;
  await mkdir(join(root, 'apps'));
  await cp(SAMPLE_APP, join(root, 'apps/web'), { recursive: true });
  await git('init', '-q', '-b', 'main');
  const commit = async (subject: string) => {
    await writeFile(join(root, 'apps/web/NOTES.md'), subject);
    await git('add', '.');
    await git('commit', '-q', '-m', subject);
    return git('rev-parse', 'HEAD');
  };
  return { root, git, commit };
}

function atOnce(source: string, repository?: string) {
  const built = builtInPlan();
  return {
    services: {
      default: {
        source,
        ...(repository !== undefined && { repository }),
        smoke: [{ path: '/healthz', status: 200, within: 10_000 }],
        verify: [],
      },
    },
    checklist: [],
    validation: { ...built.validation },
    steps: [{ traffic: 1000, watch: 0 }],
  };
}

async function name(version: string) {
  const question = await team.waitFor(/what shall the new version be called\?$/);
  await team.send(ADA, version, question.message_id);
  await team.press(ADA, 'Start');
}

test('a branch of the plan’s repository goes out as the commit that it was, and what is new in it is told', {
  timeout: 150_000,
}, async () => {
  const { root, commit, git } = await repository();
  const first = await commit('First');
  team = await assembleTeam(240, atOnce('apps/web', root));
  await team.send(ADA, '/deploy');
  await team.press(ADA, 'HEAD of ');
  await name('v2');
  await team.waitFor(new RegExp(`From HEAD at ${first.slice(0, 7)} of ${root}, folder apps/web\\.`));
  await team.waitFor(/v2 from 0 % to 100 %\?/);
  await team.press(BEN, 'Promote to 100 %');
  await team.waitFor(/default: v2 is done/);

  await git('switch', '-q', '-c', 'feature/gold');
  await commit('Count the pips of gold as they are');
  const third = await commit('Weigh the session into the quality');
  await team.send(ADA, '/deploy feature/gold');
  await name('v3');
  await team.waitFor(new RegExp(`From feature/gold at ${third.slice(0, 7)} of `));
  // The branch moves on, and the release does not.
  await commit('Not meant for this release');
  const question = await team.waitFor(/v3 from 0 % to 100 %\?/);
  expect(question.text).toContain('Weigh the session into the quality');
  expect(question.text).toContain('Count the pips of gold as they are');
  expect(question.text).not.toContain('Not meant');
  const sources = join(team.dataDir, 'sources');
  expect((await readdir(sources)).toSorted()).toEqual([`git-${first}`, `git-${third}`].toSorted());
  expect(await readFile(join(sources, `git-${third}`, 'tree/apps/web/NOTES.md'), 'utf8')).toMatch(/^Weigh/);
  await team.press(BEN, 'Promote to 100 %');
  await team.waitFor(/default: v3 is done/);
  expect(await liveSplit(team)).toEqual({ v3: 1 });

  // A version that is there, by its name; and a tag, which nobody needs the first commit for any more.
  await git('tag', 'v9');
  await team.send(ADA, '/deploy default v9');
  await team.waitFor(/what shall the new version be called\?$/);
  await team.press(ADA, 'Call it off');
  await team.send(ADA, '/deploy v2');
  await team.waitFor(/default: release v2\?\nFrom the version that is already there/);
  await team.press(ADA, 'Call it off');
  expect(await readdir(sources)).not.toContain(`git-${first}`);
});

test('a word that means two things is asked back, and one that means none is explained', {
  timeout: 60_000,
}, async () => {
  const { root, commit, git } = await repository();
  // An app.yaml of another name is found in the commit too.
  await cp(join(root, 'apps/web/app.yaml'), join(root, 'apps/web/api.yaml'));
  await commit('First');
  team = await assembleTeam(240, atOnce(join(root, 'apps/web/api.yaml')));
  await team.send(ADA, '/deploy main');
  const called = await team.waitFor(/what shall the new version be called\?$/);
  await team.send(ADA, 'v2', called.message_id);
  await team.waitFor(/From main at [0-9a-f]{7} of .*, folder apps\/web\/api\.yaml\./);
  await team.press(ADA, 'Call it off');

  await team.send(ADA, '/deploy nonesuch');
  await team.waitFor(
    /There is no service 'nonesuch' here\. Known: default\. It is nothing else .*default has no version nonesuch; .* has no such branch, tag or commit; .* is no folder with an app\.yaml of default\. Folders are written/,
  );
  const question = await team.waitFor(/what is to be released\?$/);
  await team.send(ADA, 'v1', question.message_id);
  await team.waitFor(/the version v1 has traffic already/);
  await git('branch', 'v1');
  await team.send(ADA, 'v1', question.message_id);
  await team.waitFor(/what shall the new version be called\?$/);
  await team.press(ADA, 'Call it off');

  await git('branch', 'examples/signals');
  await team.send(ADA, '/deploy examples/signals');
  await team.waitFor(/“examples\/signals” means more than one thing\. Which one\?/);
  await team.press(ADA, 'The folder examples/signals');
  await team.waitFor(/what shall the new version be called\?$/);
  await team.press(ADA, 'Call it off');
  await team.send(ADA, '/deploy one two three');
  await team.waitFor(/After \/deploy come a service and what is to be released, no more\./);
  await team.press(ADA, 'Call it off');
});
