import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openWindowFiles } from '../../src/store/window-files.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-windows-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const bytes = (text: string) => Buffer.from(text);

describe('the windows in the data folder', () => {
  it('are none before the first is kept, and nothing is made for them', async () => {
    const files = openWindowFiles(folder);
    expect(await files.services()).toEqual([]);
    expect(await files.names('default')).toEqual([]);
    expect(await files.has('default', '1')).toBe(false);
    expect(await readdir(folder)).toEqual([]);
  });

  it('are read as they were kept, service by service, the newest first', async () => {
    const files = openWindowFiles(folder);
    await files.keep('worker', '3', bytes('w'));
    await files.keep('default', '1', bytes('one'));
    await files.keep('default', '2', bytes('two'));
    expect(await files.services()).toEqual(['default', 'worker']);
    expect(await files.names('default')).toEqual(['2', '1']);
    expect(await files.has('default', '2')).toBe(true);
    expect(Buffer.from((await files.read('default', '1')) ?? []).toString()).toBe('one');
    expect(await files.read('default', '9')).toBeUndefined();
  });

  it('lose the oldest where there are too many, and only of that service', async () => {
    const files = openWindowFiles(folder, 2);
    await files.keep('worker', '0', bytes('w'));
    for (const name of ['2', '1', '3']) await files.keep('default', name, bytes(name));
    expect(await files.names('default')).toEqual(['3', '2']);
    expect(await files.names('worker')).toEqual(['0']);
  });

  it('pass over the half of a file that a power cut left', async () => {
    await mkdir(join(folder, 'windows', 'default'), { recursive: true });
    await writeFile(join(folder, 'windows', 'default', '1.json.gz~'), 'half');
    const files = openWindowFiles(folder);
    expect(await files.names('default')).toEqual([]);
    await files.keep('default', '1', bytes('whole'));
    expect(await readdir(join(folder, 'windows', 'default'))).toEqual(['1.json.gz']);
  });

  it('say in a sentence what is in their way', async () => {
    await writeFile(join(folder, 'windows'), '');
    const files = openWindowFiles(folder);
    await expect(files.keep('default', '1', bytes('x'))).rejects.toThrow(
      /should be a folder.*Move that file/,
    );
    await expect(files.names('default')).rejects.toThrow(/Move that file/);
  });
});
