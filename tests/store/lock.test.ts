import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { holdFolder } from '../../src/store/lock.ts';

const LOCK = fileURLToPath(new URL('../../dist/store/lock.js', import.meta.url));
const newFolder = () => mkdtemp(join(tmpdir(), 'sluice-lock-'));

/** A process that holds the folder until it is killed, and says so; or what kept it from that. */
async function holder(folder: string, env: Record<string, string> = {}) {
  const code = `const { holdFolder } = await import(${JSON.stringify(LOCK)});
    try { await holdFolder(${JSON.stringify(folder)}); console.log('held'); setInterval(() => {}, 1000); }
    catch (error) { console.log(error.message); }`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  });
  const [said] = await once(child.stdout, 'data');
  return { said: String(said).trim(), child };
}

test('a second holder is told what to do, and comes in once the first lets go', async () => {
  const folder = await newFolder();
  const hold = await holdFolder(folder);
  await expect(holdFolder(`${folder}/../${folder.split('/').at(-1)}`)).rejects.toThrow(
    /^Another Sluice works on .*Stop it, or set SLUICE_DATA_DIR/,
  );
  hold.release();
  (await holdFolder(folder)).release();
  expect(await readdir(folder)).toEqual([]);
});

test('the lock lies in the folder: a process with a temporary folder of its own is kept out', async () => {
  const folder = await newFolder();
  const first = await holder(folder, { TMPDIR: await newFolder() });
  expect(first.said).toBe('held');
  expect((await holder(folder, { TMPDIR: await newFolder() })).said).toMatch(/^Another Sluice works on /);
  await expect(holdFolder(folder)).rejects.toThrow(/^Another Sluice works on /);
  first.child.kill('SIGKILL');
  await once(first.child, 'exit');
  // What it left behind holds nobody up.
  expect(existsSync(join(folder, 'lock.sock'))).toBe(true);
  (await holdFolder(folder)).release();
});

test('of many that find a dead lock at the same moment one comes in', async () => {
  const folder = await newFolder();
  const dead = await holder(folder);
  dead.child.kill('SIGKILL');
  await once(dead.child, 'exit');
  const all = await Promise.all(Array.from({ length: 4 }, () => holder(folder)));
  expect(all.map(({ said }) => said.slice(0, 21)).toSorted()).toEqual([
    ...Array.from({ length: 3 }, () => 'Another Sluice works '),
    'held',
  ]);
  expect((await readdir(folder)).toSorted()).toEqual(['lock.json', 'lock.sock']);
  for (const { child } of all) child.kill('SIGKILL');
});

test('a folder with a long path is held like any other', async () => {
  const folder = join(await newFolder(), 'a'.repeat(120), 'b'.repeat(120));
  await mkdir(folder, { recursive: true });
  const hold = await holdFolder(folder);
  await expect(holdFolder(folder)).rejects.toThrow(/^Another Sluice works on /);
  hold.release();
  (await holdFolder(folder)).release();
});

test('a sign of life from another machine keeps it out, an old one does not', async () => {
  const folder = await newFolder();
  const path = join(folder, 'lock.json');
  await writeFile(path, JSON.stringify({ token: 'x', kernel: 'of another machine', host: 'elsewhere' }));
  await expect(holdFolder(folder)).rejects.toThrow(
    /^Another Sluice works on .*, on the machine 'elsewhere': its last sign of life is \d+ s old\. Stop it/,
  );
  expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ token: 'x' });
  const old = new Date((await stat(path)).mtimeMs - 60_000);
  await utimes(path, old, old);
  const hold = await holdFolder(folder);
  expect(JSON.parse(await readFile(path, 'utf8'))).not.toMatchObject({ token: 'x' });
  hold.release();
});

test('a holder that another machine has put out finds out', async () => {
  const folder = await newFolder();
  const hold = await holdFolder(folder);
  await writeFile(
    join(folder, 'lock.json'),
    JSON.stringify({ token: 'x', kernel: 'of another machine', host: 'elsewhere' }),
  );
  expect((await hold.lost).message).toMatch(/^A Sluice on the machine 'elsewhere' has taken /);
  hold.release();
  expect(existsSync(join(folder, 'lock.json'))).toBe(true);
});

test('what the disk refuses is said in a sentence', async () => {
  const folder = await newFolder();
  await writeFile(join(folder, 'file'), '');
  await expect(holdFolder(join(folder, 'file', 'data'))).rejects.toThrow(
    /file\/data should be a folder, or lie in one, but a file is in its way/,
  );
  await chmod(folder, 0o500);
  // The administrator's account writes wherever it likes.
  if (process.getuid?.() !== 0)
    await expect(holdFolder(folder)).rejects.toThrow(/has no right to .* \(EACCES\)/);
  await chmod(folder, 0o700);
});
