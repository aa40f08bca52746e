import type { Event } from '../../rollout/events.ts';
import type { Store } from '../../rollout/ports.ts';
import { linesOf } from './data.ts';

/** Pictures among the evidence, as data URIs by the name that they are kept under. */
export type Pictures = ReadonlyMap<string, string>;

/** Bytes of all pictures together: a bot may send 50 MB (sendDocument), and base64 takes a third more. */
const MOST = 16 * 1024 * 1024;

/** By the first bytes, whatever a file is called. Drawings that could carry scripts are not among them. */
const KINDS = [
  { type: 'image/png', begins: [0x89, 0x50, 0x4e, 0x47] },
  { type: 'image/jpeg', begins: [0xff, 0xd8, 0xff] },
  { type: 'image/gif', begins: [0x47, 0x49, 0x46, 0x38] },
] as const;

/** The pictures that fit; other files of the evidence are named in the report, and lie in the data folder. */
export async function readPictures(events: readonly Event[], store: Pick<Store, 'kept'>): Promise<Pictures> {
  const pictures = new Map<string, string>();
  let left = MOST;
  for (const { note } of linesOf({ events }, 'noted')) {
    if (note.kind !== 'file' || pictures.has(note.kept)) continue;
    const bytes = await store.kept(note.kept);
    const type = bytes && typeOf(bytes);
    if (!bytes || !type || bytes.length > left) continue;
    left -= bytes.length;
    pictures.set(note.kept, `data:${type};base64,${Buffer.from(bytes).toString('base64')}`);
  }
  return pictures;
}

function typeOf(bytes: Uint8Array): string | undefined {
  return KINDS.find(({ begins }) => begins.every((byte, i) => bytes[i] === byte))?.type;
}
