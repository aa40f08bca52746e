import { createHash } from 'node:crypto';
import { Storage } from '@google-cloud/storage';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readRelated } from '../../src/sandbox/app-engine/multipart.ts';
import { appEngine, BUCKET, rest } from './support.ts';

describe('uploads', () => {
  it('by Google’s client, whole and in chunks, come back as they were', async () => {
    const engine = await appEngine();
    const bucket = new Storage({ apiEndpoint: engine.url, projectId: 'demo' }).bucket(BUCKET);
    const content = Buffer.alloc(700_000, 'sluice ');
    const name = 'folder/файл 金 %2F.bin';
    await bucket.file(name).save(content, { resumable: true, chunkSize: 256 * 1024 });
    await bucket.file('empty').save('', { resumable: false });
    const [read] = await bucket.file(name).download();
    expect(read.equals(content)).toBe(true);
    const [files] = await bucket.getFiles();
    expect(files.map((file) => [file.name, Number(file.metadata.size)])).toEqual([
      ['empty', 0],
      [name, 700_000],
    ]);
    const [metadata] = await bucket.file(name).getMetadata();
    expect(metadata.md5Hash).toBe(createHash('md5').update(content).digest('base64'));
    await bucket.file('empty').delete();
    expect(await bucket.file('empty').exists()).toEqual([false]);
  });

  it('are refused where there is no such bucket or no such upload', async () => {
    const engine = await appEngine();
    const missing = await rest(engine, 'GET', '/storage/v1/b/elsewhere/o');
    expect(missing).toMatchObject({
      status: 404,
      body: { error: { message: 'The specified bucket does not exist.' } },
    });
    const lost = await rest(
      engine,
      'PUT',
      `/upload/storage/v1/b/${BUCKET}/o?uploadType=resumable&upload_id=x`,
      {},
    );
    expect(lost).toMatchObject({
      status: 404,
      body: { error: { message: expect.stringContaining('start a new one') } },
    });
  });

  it('in two parts keep every byte of the content, by either dialect', () => {
    const line = fc.constantFrom('\n', '\r\n', '--', 'gold', '\r', '--b', '\n\n', 'Content-Type: x');
    fc.assert(
      fc.property(
        fc.array(line),
        fc.constantFrom('\n', '\r\n'),
        fc.constantFrom("'", '"', ''),
        (words, eol, quote) => {
          const content = words.join('');
          // A boundary never occurs in what it bounds.
          const boundary = '===============7330845974216740156==';
          const body = [
            `--${boundary}`,
            'Content-Type: application/json',
            '',
            '{"name":"x"}',
            `--${boundary}`,
            'Content-Type: text/plain',
            'MIME-Version: 1.0',
            '',
            content,
            `--${boundary}--`,
          ].join(eol);
          const type = `multipart/related; boundary=${quote}${boundary}${quote}`;
          const read = readRelated(type, Buffer.from(body));
          expect(read.content.toString()).toBe(content);
          expect(read.metadata).toEqual({ name: 'x' });
          expect(read.type).toBe('text/plain');
        },
      ),
    );
  });
});

describe('a list', () => {
  it('of a range of names, with the fields that were asked for', async () => {
    const engine = await appEngine();
    for (const name of ['a', 'b', 'c', 'd'])
      await rest(engine, 'POST', `/upload/storage/v1/b/${BUCKET}/o?uploadType=media&name=${name}`, {});
    const list = async (query: string) =>
      (await rest(engine, 'GET', `/storage/v1/b/${BUCKET}/o?${query}`)).body;
    expect(await list('startOffset=b&endOffset=d&fields=items(name,size)')).toEqual({
      items: [
        { name: 'b', size: '2' },
        { name: 'c', size: '2' },
      ],
    });
    const first = await list('startOffset=b&maxResults=2&fields=items/name,nextPageToken');
    expect(first).toMatchObject({ items: [{ name: 'b' }, { name: 'c' }] });
    const { nextPageToken } = first as { nextPageToken: string };
    const second = await list(`startOffset=b&pageToken=${nextPageToken}&fields=items(name),nextPageToken`);
    expect(second).toEqual({ items: [{ name: 'd' }] });
    expect(await list('fields=items(*),kind')).toMatchObject({ items: { length: 4 } });
    expect(await list('fields=items(na-me)')).toMatchObject({
      error: { message: 'Invalid field selection items(na-me)' },
    });
  });

  it('of a folder: what lies in it, and the folders in that', async () => {
    const engine = await appEngine();
    for (const name of ['a', 'ae/1/manifest', 'ae/2/manifest', 'ae/note'])
      await rest(engine, 'POST', `/upload/storage/v1/b/${BUCKET}/o?uploadType=media&name=${name}`, {});
    const list = async (query: string) =>
      (await rest(engine, 'GET', `/storage/v1/b/${BUCKET}/o?delimiter=/&${query}`)).body;
    expect(await list('fields=prefixes,items/name,items/size')).toEqual({
      prefixes: ['ae/'],
      items: [{ name: 'a', size: '2' }],
    });
    expect(await list('prefix=ae/&fields=prefixes,items/name')).toEqual({
      prefixes: ['ae/1/', 'ae/2/'],
      items: [{ name: 'ae/note' }],
    });
  });
});
