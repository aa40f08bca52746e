import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { SAMPLE_APP } from '../../src/local.ts';
import { temporaryFolder } from '../deploy/local-app-engine.ts';
import { makeZip } from './make-zip.ts';
import { ADA, assembleTeam, BEN, liveSplit, type Team } from './team.ts';

let team: Team;
afterEach(() => team.close());

async function sample(): Promise<Record<string, Buffer>> {
  const entries = await readdir(SAMPLE_APP, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const read = await Promise.all(
    files.map(async (file) => [file.slice(SAMPLE_APP.length + 1), await readFile(file)] as const),
  );
  return Object.fromEntries(read);
}

/** @returns gs://BUCKET/NAME */
async function upload(name: string, content: Buffer): Promise<string> {
  const { appEngine } = team.sandbox;
  const app = await fetch(`${appEngine?.url}/v1/apps/${appEngine?.project}`);
  const { codeBucket } = (await app.json()) as { codeBucket: string };
  const query = `uploadType=media&name=${encodeURIComponent(name)}`;
  const reply = await fetch(`${appEngine?.url}/upload/storage/v1/b/${codeBucket}/o?${query}`, {
    method: 'POST',
    body: new Uint8Array(content),
  });
  if (!reply.ok) throw new Error(await reply.text());
  return `gs://${codeBucket}/${name}`;
}

const AT_ONCE = { checklist: [], steps: [{ traffic: 1000, watch: 0 }] };

async function name(version: string): Promise<void> {
  const question = await team.waitFor(/what shall the new version be called\?$/);
  await team.send(ADA, version, question.message_id);
  await team.press(ADA, 'Start');
}

test('a zip goes out with its own app.yaml, and as it was when it was chosen', {
  timeout: 100_000,
}, async () => {
  team = await assembleTeam(240, AT_ONCE);
  const files = await sample();
  const url = await upload('releases/app.zip', makeZip(files));
  await team.send(ADA, `/deploy default ${url}`);
  await name('v2');
  await team.waitFor(new RegExp(`From ${url}\\.`));
  await team.waitFor(/v2 from 0 % to 100 %\?/);
  await team.press(BEN, 'Promote to 100 %');
  await team.waitFor(/default: v2 is done/);
  expect(await liveSplit(team)).toEqual({ v2: 1 });
  const { appEngine } = team.sandbox;
  const path = `${appEngine?.url}/v1/apps/${appEngine?.project}/services/default/versions/v2`;
  const made = (await (await fetch(`${path}?view=FULL`)).json()) as { deployment: object };
  expect(made.deployment).toEqual({
    zip: {
      sourceUrl: url.replace('gs://', 'https://storage.googleapis.com/'),
      filesCount: Object.keys(files).length,
    },
  });
  expect(await (await fetch(`${appEngine?.proxyUrl}/healthz`)).text()).toBeTruthy();
  const [kept = ''] = await readdir(join(team.dataDir, 'sources'));
  expect(kept).toMatch(/^zip-/);
  expect(await readdir(join(team.dataDir, 'sources', kept, 'app'))).toContain('app.yaml');

  // Written anew while the checks run: what was approved is not what would go out.
  await team.send(ADA, `/deploy ${url}`);
  const question = await team.waitFor(/what shall the new version be called\?$/);
  await upload('releases/app.zip', makeZip({ ...files, 'new.txt': 'x' }));
  await team.send(ADA, 'v3', question.message_id);
  await team.press(ADA, 'Start');
  await team.waitFor(/app\.zip was written anew since this release began\. Cancel it and begin another one/);
  expect(await liveSplit(team)).toEqual({ v2: 1 });
});

test('what is no good as a zip or an image is said before anything begins', { timeout: 60_000 }, async () => {
  team = await assembleTeam(240, AT_ONCE);
  const says = async (what: string, words: RegExp) => {
    await team.send(ADA, `/deploy ${what}`);
    await team.waitFor(words);
    await team.press(ADA, 'Call it off');
  };
  await says('gs://somewhere', /gs:\/\/somewhere names no zip: it is written gs:\/\/BUCKET\/OBJECT\.zip\./);
  const url = await upload('none.zip', Buffer.from('this is no zip'));
  await says(url, /none\.zip is no zip file: it has no directory at its end\. Pack it anew\./);
  await says(url.replace('none', 'gone'), /Could not read gs:.*gone\.zip: /);
  const other = await upload('other.zip', makeZip({ 'app.yaml': 'runtime: nodejs20\nservice: worker\n' }));
  await says(other, /Its app\.yaml is for the service 'worker', not 'default'\./);
  await says('gcr.io/acme/signals:v1', /App Engine runs container images in the flexible environment only/);
});

test('an image goes out with the app.yaml of the plan’s folder', { timeout: 60_000 }, async () => {
  const folder = await temporaryFolder();
  await cp(SAMPLE_APP, folder, { recursive: true });
  await writeFile(join(folder, 'app.yaml'), 'runtime: custom\nenv: flex\n');
  team = await assembleTeam(240, {
    ...AT_ONCE,
    services: {
      default: { source: folder, smoke: [{ path: '/healthz', status: 200, within: 10_000 }], verify: [] },
    },
  });
  await team.send(ADA, '/deploy us-docker.pkg.dev/acme/apps/signals:v1');
  await name('v2');
  await team.waitFor(/From the image us-docker\.pkg\.dev\/acme\/apps\/signals:v1\./);
  // The local App Engine makes the version, and runs no image: the checks of the new version find out.
  await team.waitFor(/default: the checks failed\. Try again\?/);
  const { url, project } = team.sandbox.appEngine ?? {};
  const reply = await fetch(`${url}/v1/apps/${project}/services/default/versions/v2?view=FULL`);
  expect(await reply.json()).toMatchObject({
    env: 'flex',
    runtime: 'vm',
    deployment: { container: { image: 'us-docker.pkg.dev/acme/apps/signals:v1' } },
  });
  expect(await liveSplit(team)).toEqual({ v1: 1 });
});
