import { inflateRawSync } from 'node:zlib';
import { badField, type Refusal } from './refusal.ts';

const FIELD = 'version.deployment.zip';

/** The files of a zip, stored or deflated. @throws Refusal for what is none, or is packed in another way */
export function unzip(zip: Buffer): [path: string, content: Buffer][] {
  let end = zip.length - 22;
  while (end >= 0 && zip.readUInt32LE(end) !== 0x06054b50) end--;
  if (end < 0) throw broken('it has no end');
  const files: [string, Buffer][] = [];
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    if (at + 46 > zip.length || zip.readUInt32LE(at) !== 0x02014b50) throw broken('its directory is damaged');
    const method = zip.readUInt16LE(at + 10);
    const packed = zip.readUInt32LE(at + 20);
    const [name, extra, comment] = [28, 30, 32].map((field) => zip.readUInt16LE(at + field));
    const path = zip.toString('utf8', at + 46, at + 46 + (name ?? 0));
    const local = zip.readUInt32LE(at + 42);
    const from = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const content = zip.subarray(from, from + packed);
    if (method !== 0 && method !== 8) throw broken(`${path} is packed by method ${method}`);
    if (!path.endsWith('/')) files.push([path, method === 0 ? content : inflateRawSync(content)]);
    at += 46 + (name ?? 0) + (extra ?? 0) + (comment ?? 0);
  }
  return files;
}

function broken(why: string): Refusal {
  return badField(FIELD, `The zip of the deployment cannot be read: ${why}.`);
}
