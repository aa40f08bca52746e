import { createHash, randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { UploadSessions } from '../../src/deploy/send-file.ts';
import { type SourceFile, sha1Of } from '../../src/deploy/source-files.ts';
import { openStaging } from '../../src/deploy/staging.ts';
import type { UploadProgress } from '../../src/deploy/upload-progress.ts';
import { parseEndpoint } from '../../src/google/endpoint.ts';
import { connectRest } from '../../src/google/rest.ts';
import type { Clock } from '../../src/plan/clock.ts';
import { leapingClock } from './clock.ts';
import { localAppEngine, temporaryFolder } from './local-app-engine.ts';
import type { Meddle } from './meddled-cloud.ts';
import { fault, passOn, type Seen, scriptedServer } from './scripted-server.ts';

const BUCKET = 'staging.demo.appspot.com';
const DAY = 24 * 60 * 60_000;
const MIB = 1024 * 1024;

/** The local bucket, with a server in between that can lose things. */
async function stagingBehind(meddle: Meddle = (_, pass) => pass()) {
  const { appEngine, clock } = await localAppEngine(60);
  const between = await scriptedServer((request) => meddle(request, () => passOn(appEngine.url, request)));
  const endpoint = parseEndpoint('Cloud Storage', `${between.url}/storage/v1/`, 'x', '/storage/v1/');
  const staging = openStaging(connectRest(endpoint), BUCKET);
  const read = async (name: string) => {
    const response = await fetch(`${appEngine.url}/storage/v1/b/${BUCKET}/o/${name}?alt=media`);
    return response.ok ? Buffer.from(await response.arrayBuffer()) : undefined;
  };
  return { staging, between, clock, read };
}

async function filesOf(contents: readonly Buffer[]): Promise<SourceFile[]> {
  const folder = await temporaryFolder();
  return Promise.all(
    contents.map(async (content, i) => {
      const path = `part/file-${i}`;
      const location = join(folder, path);
      await mkdir(dirname(location), { recursive: true });
      await writeFile(location, content);
      const bytes = content.length;
      return { path, bytes, content: { kind: 'disk', location }, sha1: await sha1Of({ location, bytes }) };
    }),
  );
}

const small = (count: number) => filesOf(Array.from({ length: count }, () => randomBytes(300)));
const quiet = { onProgress: () => undefined };
const isUpload = ({ method, url }: Seen) => method === 'POST' && url.startsWith('/upload/');
const isPiece = ({ method, headers }: Seen) =>
  method === 'PUT' && /^bytes \d/.test(headers['content-range'] ?? '');

/** A clock that reads later than another. */
const later = (clock: Clock, ms: number): Clock => ({ ...clock, now: () => clock.now() + ms });

describe('what the bucket has', () => {
  it('is not sent again, until it is about to be deleted', async () => {
    const { staging, clock } = await stagingBehind();
    const files = await small(20);
    expect(await staging.upload(files, clock, quiet)).toBe(20);
    expect(await staging.upload(files, clock, quiet)).toBe(0);
    // The local bucket deletes after 15 days.
    expect(await staging.upload(files, later(clock, 13.9 * DAY), quiet)).toBe(0);
    expect(await staging.upload(files, later(clock, 14.1 * DAY), quiet)).toBe(20);
    expect(await staging.upload(files.slice(0, 3), later(clock, 14.1 * DAY), quiet)).toBe(3);
  });

  it('counts in full where the rules may not be read, as with gcloud', async () => {
    const { staging, clock } = await stagingBehind((request, pass) =>
      request.url.includes('fields=lifecycle')
        ? fault(403, '', 'x does not have storage.buckets.get access to the bucket.')
        : pass(),
    );
    const files = await small(20);
    await staging.upload(files, clock, quiet);
    expect(await staging.upload(files, later(clock, 100 * DAY), quiet)).toBe(0);
  });

  it.each([
    ['deletes by age, the least of several', [{ age: 30 }, { age: 3 }], 'Delete', 20],
    ['deletes at once, so that nothing lasts', [{ age: 0 }], 'Delete', 20],
    ['only moves what is old', [{ age: 3 }], 'SetStorageClass', 0],
    ['deletes by another rule', [{ numNewerVersions: 2 }], 'Delete', 0],
  ])('a bucket that %s', async (_, conditions, type, expected) => {
    const rule = conditions.map((condition) => ({ action: { type }, condition }));
    const { staging, clock } = await stagingBehind((request, pass) =>
      request.url.includes('fields=lifecycle') ? { json: { lifecycle: { rule } } } : pass(),
    );
    const files = await small(20);
    await staging.upload(files, clock, quiet);
    expect(await staging.upload(files, later(clock, 2.5 * DAY), quiet)).toBe(expected);
  });

  it('is looked for by name where that is cheaper than a list', async () => {
    const { staging, between, clock } = await stagingBehind();
    const files = await small(12);
    await staging.upload(files.slice(0, 5), clock, quiet);
    expect(await staging.missing(files.map(({ sha1 }) => sha1))).toEqual(
      new Set(files.slice(5).map(({ sha1 }) => sha1)),
    );
    expect(between.count(/^GET .*\/o\?/)).toBe(0);
    await staging.missing((await small(13)).map(({ sha1 }) => sha1));
    expect(between.count(/^GET .*\/o\?/)).toBe(1);
  });

  it('in a bucket of many pages: the first tells that looking by name is cheaper', async () => {
    const { staging, server } = await bucketWith(100_000);
    const wanted = [...Array.from({ length: 200 }, (_, i) => sha1(String(i * 7))), ...['a', 'b'].map(sha1)];
    expect(await staging.missing(wanted)).toEqual(new Set(['a', 'b'].map(sha1)));
    expect(server.count(/\/o\?/)).toBe(1);
    expect(server.seen.length).toBeLessThan(wanted.length + 2);
  });

  it('in a bucket of some pages: the rest is asked for side by side, and nothing falls between', async () => {
    const { staging, server } = await bucketWith(7_500);
    const held = Array.from({ length: 7_500 }, (_, i) => sha1(String(i)));
    expect(await staging.missing([...held, ...['a', 'b', 'c'].map(sha1)])).toEqual(
      new Set(['a', 'b', 'c'].map(sha1)),
    );
    expect(server.count(/\/o\?/)).toBe(server.seen.length);
    expect(server.seen.length).toBeLessThanOrEqual(1 + 6.5 * 1.5);
    expect(server.count(/startOffset/)).toBe(server.seen.length - 1);
  });
});

const sha1 = (text: string) => createHash('sha1').update(text).digest('hex');

/** A bucket with the checksums of the first numbers, listed as Cloud Storage lists. */
async function bucketWith(objects: number) {
  const has = Array.from({ length: objects }, (_, i) => sha1(String(i))).toSorted();
  const known = new Set(has);
  const server = await scriptedServer(({ url }) => {
    const { pathname, searchParams } = new URL(url, 'http://x');
    const name = pathname.split('/o/')[1];
    if (name) return known.has(name) ? { json: { name } } : fault(404, '', 'No such object.');
    const [after, from, end] = ['pageToken', 'startOffset', 'endOffset'].map((key) => searchParams.get(key));
    const left = has.filter((one) => one > (after ?? '') && one >= (from ?? '') && (!end || one < end));
    const items = left.slice(0, 1_000).map((one) => ({ name: one }));
    const next = left.length > 1_000 ? { nextPageToken: items.at(-1)?.name } : {};
    return { json: { items, ...next } };
  });
  const endpoint = parseEndpoint('Cloud Storage', `${server.url}/storage/v1/`, 'x', '/storage/v1/');
  return { server, staging: openStaging(connectRest(endpoint), BUCKET) };
}

describe('a failure that passes', () => {
  it('of one file costs the others nothing', async () => {
    const failures = new Map<string, number>();
    const { staging, between, clock, read } = await stagingBehind((request, pass) => {
      const failed = failures.get(request.url) ?? 0;
      failures.set(request.url, failed + 1);
      if (!isUpload(request) || failed > 2 || request.url.charCodeAt(60) % 3 > 0) return pass();
      return failed === 1
        ? { cut: true }
        : fault(503, 'UNAVAILABLE', 'The service is currently unavailable.');
    });
    const files = await small(60);
    expect(await staging.upload(files, clock, quiet)).toBe(60);
    const stored = await Promise.all(files.map(({ sha1 }) => read(sha1)));
    expect(stored.map((content) => content?.length)).toEqual(files.map(({ bytes }) => bytes));
    expect(between.seen.filter(isUpload).length).toBeGreaterThan(60);
  });

  it('that does not pass ends it after two minutes in which nothing arrived', async () => {
    const { staging } = await stagingBehind((request, pass) =>
      isUpload(request) ? fault(503, 'UNAVAILABLE', 'The service is currently unavailable.') : pass(),
    );
    const clock = leapingClock(Date.now());
    const begun = clock.now();
    const uploading = staging.upload(await small(2), clock, quiet);
    await expect(uploading).rejects.toThrow(
      /^Could not upload part\/file-\d to the staging bucket staging\./,
    );
    expect(clock.now() - begun).toBeGreaterThan(120_000);
  });
});

describe('a failure that does not pass', () => {
  it('ends the upload with its sentence, and nothing is sent any more', async () => {
    const { staging, between, clock } = await stagingBehind((request, pass) =>
      isUpload(request)
        ? fault(403, '', 'x does not have storage.objects.create access to the object.')
        : pass(),
    );
    await expect(staging.upload(await small(200), clock, quiet)).rejects.toMatchObject({
      kind: 'permission',
    });
    expect(between.seen.filter(isUpload).length).toBeLessThan(100);
  });

  it('a file that has changed since it was read never lies under its old checksum', async () => {
    const { staging, clock, read } = await stagingBehind();
    for (const size of [300, 9 * MIB]) {
      const [file] = await filesOf([randomBytes(size)]);
      if (file?.content.kind !== 'disk') throw new Error('The test has no file.');
      await writeFile(file.content.location, randomBytes(size));
      await expect(staging.upload([file], clock, quiet)).rejects.toThrow(/has changed since it was read/);
      expect(await read(file.sha1)).toBeUndefined();
    }
  });
});

describe('a large file', () => {
  it('goes on where it was when a piece is lost', async () => {
    let pieces = 0;
    const { staging, between, clock, read } = await stagingBehind((request, pass) =>
      isPiece(request) && ++pieces === 2 ? { cut: true } : pass(),
    );
    const content = randomBytes(20 * MIB + 7);
    const files = await filesOf([content]);
    const told: UploadProgress[] = [];
    await staging.upload(files, clock, { onProgress: (p) => void told.push(p) });
    expect((await read(files[0]?.sha1 ?? ''))?.equals(content)).toBe(true);
    const ranges = between.seen.filter(isPiece).map(({ headers }) => headers['content-range']);
    const total = content.length;
    const [first, second] = [`bytes 0-${8 * MIB - 1}/${total}`, `bytes ${8 * MIB}-${16 * MIB - 1}/${total}`];
    expect(ranges).toEqual([first, second, second, `bytes ${16 * MIB}-${total - 1}/${total}`]);
    expect(between.count(/^POST .*resumable/)).toBe(1);
    expect(told[0]).toEqual({ files: { done: 0, total: 1 }, bytes: { done: 0, total } });
    expect(told.at(-1)).toEqual({ files: { done: 1, total: 1 }, bytes: { done: total, total } });
  });

  it('goes on in the next process, and begins anew when Cloud Storage has forgotten it', async () => {
    const kept = new Map<string, string>();
    const sessions: UploadSessions = {
      recall: async (sha1) => kept.get(sha1),
      async keep(sha1, address) {
        if (address === undefined) kept.delete(sha1);
        else kept.set(sha1, address);
      },
    };
    const killed = new AbortController();
    const { staging, between, clock, read } = await stagingBehind(async (request, pass) => {
      const reply = await pass();
      if (isPiece(request)) killed.abort(new Error('killed'));
      return reply;
    });
    const content = randomBytes(17 * MIB);
    const files = await filesOf([content]);
    const dying = staging.upload(files, clock, { ...quiet, sessions, signal: killed.signal });
    await expect(dying).rejects.toThrow('killed');
    const [sha1 = ''] = Array.from(kept.keys());
    const before = between.seen.filter(isPiece).length;

    await staging.upload(files, clock, { ...quiet, sessions });
    expect((await read(sha1))?.equals(content)).toBe(true);
    expect(between.seen.filter(isPiece).slice(before)[0]?.headers['content-range']).toMatch(
      /^bytes 8388608-/,
    );
    expect(between.count(/^POST .*resumable/)).toBe(1);
    expect(kept.size).toBe(0);

    const others = await filesOf([randomBytes(6 * MIB)]);
    kept.set(others[0]?.sha1 ?? '', `${between.url}/upload/storage/v1/b/${BUCKET}/o?upload_id=forgotten`);
    await staging.upload(others, clock, { ...quiet, sessions });
    expect((await read(others[0]?.sha1 ?? ''))?.length).toBe(6 * MIB);
  });
});

describe('a cancelled upload', () => {
  it('ends in the middle of requests that hang, and of a pause', async () => {
    for (const reply of [{ hang: true } as const, fault(503, 'UNAVAILABLE', 'unavailable')]) {
      const stop = new AbortController();
      let uploads = 0;
      const { staging, between } = await stagingBehind((request, pass) => {
        if (!isUpload(request)) return pass();
        if (++uploads === 32) setTimeout(() => stop.abort(new Error('the bot is stopping')), 50);
        return reply;
      });
      const waiting: Clock = {
        now: () => Date.now(),
        sleep: (_, signal) =>
          new Promise((_resolve, reject) => {
            signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
          }),
      };
      const uploading = staging.upload(await small(100), waiting, { ...quiet, signal: stop.signal });
      await expect(uploading).rejects.toThrow('the bot is stopping');
      const sent = between.seen.length;
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(between.seen.length).toBe(sent);
    }
  });
});

it('progress is told a few times a second at most, however many files there are', async () => {
  const { staging } = await stagingBehind();
  let now = Date.now();
  // Every look at the clock takes a millisecond.
  const clock: Clock = { now: () => now++, sleep: async () => undefined };
  const begun = now;
  const told: UploadProgress[] = [];
  await staging.upload(await small(400), clock, { onProgress: (p) => void told.push(p) });
  expect(told.length).toBeLessThanOrEqual((now - begun) / 300 + 2);
  expect(told.at(-1)).toMatchObject({ files: { done: 400, total: 400 } });
});
