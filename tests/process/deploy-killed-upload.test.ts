import { createHash, randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { passOn, type Seen, scriptedServer } from '../deploy/scripted-server.ts';
import { copySteady } from '../deploy/steady-app.ts';
import { begin } from './children.ts';
import { exported, tempFolder, until } from './sluice.ts';

const SMALL_FILES = 300;
const MIB = 1024 * 1024;
const LARGE = 20 * MIB + 7;
/** Of the upload's pieces, and of the files that arrive before the kill. */
const PIECE = 8 * MIB;
const ARRIVE = 150;

/** The sample app with many small files and a large one; says what is uploaded under which name. */
async function writeApp(folder: string): Promise<{ readonly large: string; readonly small: Set<string> }> {
  await copySteady(folder);
  await mkdir(join(folder, 'many'));
  const small = new Set<string>();
  for (let i = 0; i < SMALL_FILES; i++) {
    const text = `File ${i} of this test.\n`;
    small.add(sha1(text));
    await writeFile(join(folder, 'many', `${i}.txt`), text);
  }
  const content = randomBytes(LARGE);
  await writeFile(join(folder, 'large.bin'), content);
  return { large: sha1(content), small };
}

const sha1 = (content: string | Buffer) => createHash('sha1').update(content).digest('hex');
const nameIn = ({ url }: Seen) => /[?&]name=([0-9a-f]{40})/.exec(url)?.[1] ?? '';
const isSmall = ({ method, url }: Seen) => method === 'POST' && url.includes('uploadType=media');
const isBegin = ({ method, url }: Seen) => method === 'POST' && url.includes('uploadType=resumable');
const isPiece = ({ method, headers }: Seen) =>
  method === 'PUT' && /^bytes \d/.test(headers['content-range'] ?? '');

test('a bot that is killed in the middle of an upload goes on where it was: what has arrived is not sent again', {
  timeout: 300_000,
}, async () => {
  const folder = await tempFolder();
  const app = join(folder, 'app');
  const { large, small } = await writeApp(app);
  await writeFile(
    join(folder, 'sluice.yaml'),
    'checklist: []\nvalidation: { checks: [service, files] }\nsteps:\n  - { traffic: 100 %, watch: 1m }\n',
  );
  const world = begin(['sandbox'], folder, {
    SLUICE_PORT: '0',
    // An hour, which is what an operation may take, lasts two minutes then.
    SLUICE_SPEED: '30',
    SLUICE_DATA_DIR: folder,
  });
  await world.line(/SLUICE_SANDBOX/);
  const env: Record<string, string> = { ...exported(world.out()), SLUICE_DATA_DIR: 'bot' };
  const real = new URL(env.CLOUDSDK_API_ENDPOINT_OVERRIDES_STORAGE ?? '');

  // Half of the small files and the first piece of the large one arrive; what comes then gets no answer.
  const arrived = new Set<string>();
  let pieces = 0;
  let heldSmall = 0;
  let heldPieces = 0;
  let open = false;
  const bucket = await scriptedServer((request) => {
    if (!open && isSmall(request) && arrived.size >= ARRIVE) {
      heldSmall++;
      return { hang: true };
    }
    if (!open && isPiece(request) && ++pieces > 1) {
      heldPieces++;
      return { hang: true };
    }
    if (isSmall(request)) arrived.add(nameIn(request));
    return passOn(real.origin, request);
  });
  env.CLOUDSDK_API_ENDPOINT_OVERRIDES_STORAGE = `${bucket.url}${real.pathname}`;

  const first = begin(['run'], folder, env);
  await first.line(/is up/);
  const running = begin(['deploy', app, '--version=v2'], folder, env);
  await until(() => (heldSmall > 0 && heldPieces > 0 ? true : undefined), 200_000);
  first.child.kill('SIGKILL');
  await first.ended();
  const before = new Set(arrived);
  const sent = bucket.seen.length;
  expect(before.size).toBe(ARRIVE);

  open = true;
  const second = begin(['run'], folder, env);
  await second.line(/is up/);
  await running.line(/Deployed without traffic: /);
  const after = bucket.seen.slice(sent);
  const again = after.filter(isSmall).map(nameIn);
  expect(again.filter((name) => before.has(name))).toEqual([]);
  expect(new Set(again).size).toBe(again.length);
  expect([...small].filter((name) => !before.has(name) && !again.includes(name))).toEqual([]);

  expect(bucket.seen.filter(isBegin).map(nameIn)).toEqual([large]);
  expect(after.filter(isPiece).map(({ headers }) => headers['content-range'])).toEqual([
    `bytes ${PIECE}-${2 * PIECE - 1}/${LARGE}`,
    `bytes ${2 * PIECE}-${LARGE - 1}/${LARGE}`,
  ]);
});
