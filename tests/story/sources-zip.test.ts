import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { parseBucketUrl } from '../../src/deploy/sources/bucket-object.ts';
import { listZip, unzip } from '../../src/deploy/sources/zip.ts';
import { temporaryFolder } from '../deploy/local-app-engine.ts';
import { makeZip } from './make-zip.ts';

const reader = (zip: Buffer) => async (from: number, to: number) => zip.subarray(from, to);

test('a zip gives back what was packed, whatever stands at its end', async () => {
  const files = {
    'app.yaml': 'runtime: nodejs22\n',
    'ünder/päth.yaml': 'a: b\n',
    empty: '',
    big: 'x'.repeat(100_000),
  };
  for (const comment of ['', 'packed', 'c'.repeat(65_000)]) {
    const zip = makeZip(files, comment);
    const entries = await listZip(reader(zip), zip.length);
    expect(entries.map(({ path }) => path)).toEqual(Object.keys(files));
    for (const entry of entries) {
      const content = (await unzip(reader(zip), entry)).toString();
      expect(content).toBe(files[entry.path as keyof typeof files]);
    }
  }
});

test('Python’s own zips are read, folders left out', async ({ skip }) => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'app.yaml'), 'runtime: python312\n'.repeat(50));
  const pack =
    'import zipfile,os\nz=zipfile.ZipFile("a.zip","w",zipfile.ZIP_DEFLATED)\nz.mkdir("static") if hasattr(z,"mkdir") else z.writestr("static/","")\nz.write("app.yaml")\nz.close()';
  const { failed } = await execa('python3', ['-c', pack], { cwd: folder, reject: false });
  if (failed) skip('no python3 here to pack with');
  const zip = await readFile(join(folder, 'a.zip'));
  const [entry, ...others] = await listZip(reader(zip), zip.length);
  expect(others).toEqual([]);
  if (!entry) throw new Error('There is one.');
  expect((await unzip(reader(zip), entry)).toString()).toBe('runtime: python312\n'.repeat(50));
});

test('what is no zip, was cut off, damaged or locked is said', async () => {
  const zip = makeZip({ 'app.yaml': 'runtime: nodejs22\n'.repeat(9) }, '');
  const listed = async (bytes: Buffer) => listZip(reader(bytes), bytes.length);
  await expect(listed(Buffer.from('no zip at all'))).rejects.toThrow('no zip file: it has no directory');
  await expect(listed(Buffer.alloc(0))).rejects.toThrow('no zip file');
  await expect(listed(zip.subarray(40))).rejects.toThrow('was cut off');
  const [entry] = await listed(zip);
  if (!entry) throw new Error('There is one.');
  await expect(unzip(reader(zip), { ...entry, encrypted: true })).rejects.toThrow('without a password');
  await expect(unzip(reader(zip), { ...entry, method: 12 })).rejects.toThrow('a way that is not known here');
  await expect(unzip(reader(zip), { ...entry, bytes: 3 })).rejects.toThrow('damaged (app.yaml)');
  await expect(unzip(reader(zip), { ...entry, at: 7 })).rejects.toThrow('damaged (app.yaml)');
});

test('addresses of objects', () => {
  expect(parseBucketUrl('gs://my-bucket/some/folder')).toEqual({ bucket: 'my-bucket', name: 'some/folder' });
  for (const wrong of [
    'gs://',
    'gs://b',
    'gs://bucket',
    'gs://bucket/',
    'https://bucket/a',
    'gs://BUCKET/a',
    'gs://bucket/a b',
  ])
    expect(parseBucketUrl(wrong)).toBeUndefined();
});
