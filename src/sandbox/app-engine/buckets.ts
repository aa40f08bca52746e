import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SandboxClock } from '../clock.ts';
import { crc32c } from './crc32c.ts';
import type { Documents } from './documents.ts';
import { type JsonObject, textAt } from './json.ts';
import { badField, Refusal } from './refusal.ts';
import { timestamp } from './resources.ts';

/** Days after which a real staging bucket deletes what was uploaded. */
const STAGING_AGE_DAYS = 15;

/**
 * Cloud Storage: content in one file per object, what is known about it in the documents. Files are read and written in
 * one go: thousands of small ones cost several times as much by Node's threads.
 */
export class Buckets {
  readonly #names: readonly string[];
  readonly #folder: string;
  readonly #documents: Documents;
  readonly #clock: SandboxClock;

  constructor(names: readonly string[], folder: string, documents: Documents, clock: SandboxClock) {
    this.#names = names;
    this.#folder = folder;
    this.#documents = documents;
    this.#clock = clock;
    mkdirSync(folder, { recursive: true });
  }

  /** storage#bucket. @throws Refusal NOT_FOUND */
  bucket(name: string): JsonObject {
    if (!this.#names.includes(name)) throw new Refusal('NOT_FOUND', 'The specified bucket does not exist.');
    const rule = { action: { type: 'Delete' }, condition: { age: STAGING_AGE_DAYS } };
    return {
      kind: 'storage#bucket',
      id: name,
      name,
      location: 'US',
      storageClass: 'STANDARD',
      ...(name.startsWith('staging.') ? { lifecycle: { rule: [rule] } } : {}),
    };
  }

  /** storage#object of every object, by name. */
  list(bucket: string, prefix: string): JsonObject[] {
    this.bucket(bucket);
    return this.#documents
      .list(`object/${bucket}/${prefix}`)
      .toSorted((a, b) => ((textAt(a, 'name') ?? '') < (textAt(b, 'name') ?? '') ? -1 : 1));
  }

  /** storage#object. @throws Refusal NOT_FOUND */
  describe(bucket: string, name: string): JsonObject {
    this.bucket(bucket);
    const found = this.#documents.get(`object/${bucket}/${name}`);
    if (!found) throw new Refusal('NOT_FOUND', `No such object: ${bucket}/${name}`);
    return found;
  }

  read(bucket: string, name: string): Buffer {
    this.describe(bucket, name);
    return readFileSync(this.#file(bucket, name));
  }

  /**
   * Stores an object, replacing one of the same name.
   * @param md5Hash base64 checksum that the sender claims, if any
   * @throws Refusal when the content does not have that checksum
   */
  write(bucket: string, name: string, content: Buffer, type: string, md5Hash?: string): JsonObject {
    this.bucket(bucket);
    if (name === '') throw badField('name', 'Required parameter: name');
    const md5 = createHash('md5').update(content).digest('base64');
    if (md5Hash !== undefined && md5Hash !== md5) {
      throw badField('md5Hash', `Provided MD5 hash "${md5Hash}" doesn't match calculated MD5 hash "${md5}".`);
    }
    const file = this.#file(bucket, name);
    const aside = `${file}.${randomUUID()}`;
    writeFileSync(aside, content);
    renameSync(aside, file);
    const now = this.#clock.now();
    const generation = String(Math.round(now * 1000));
    const object: JsonObject = {
      kind: 'storage#object',
      id: `${bucket}/${name}/${generation}`,
      name,
      bucket,
      generation,
      metageneration: '1',
      contentType: type,
      size: String(content.length),
      md5Hash: md5,
      crc32c: crc32c(content),
      storageClass: 'STANDARD',
      timeCreated: timestamp(now),
      updated: timestamp(now),
    };
    this.#documents.put(`object/${bucket}/${name}`, object);
    return object;
  }

  delete(bucket: string, name: string): void {
    this.describe(bucket, name);
    this.#documents.delete(`object/${bucket}/${name}`);
    rmSync(this.#file(bucket, name), { force: true });
  }

  /** An object's name may be no file's name; its hash always is. */
  #file(bucket: string, name: string): string {
    return join(this.#folder, createHash('sha256').update(`${bucket}/${name}`).digest('hex'));
  }
}
