import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { holdFolder } from '../../src/store/lock.ts';

const LOCK = fileURLToPath(new URL('../../dist/store/lock.js', import.meta.url));

test('a second holder is told what to do, and comes in once the first lets go', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-lock-'));
  const release = await holdFolder(folder);
  await expect(holdFolder(`${folder}/../${folder.split('/').at(-1)}`)).rejects.toThrow(
    /^Another Sluice works on .*Stop it, or set SLUICE_DATA_DIR/,
  );
  release();
  (await holdFolder(folder))();
});

test('a process that was killed holds nothing', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-lock-'));
  const code = `const { holdFolder } = await import(${JSON.stringify(LOCK)});
    await holdFolder(${JSON.stringify(folder)}); console.log('held'); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  await expect(holdFolder(folder)).rejects.toThrow(/Another Sluice works on/);
  child.kill('SIGKILL');
  await once(child, 'exit');
  (await holdFolder(folder))();
});
