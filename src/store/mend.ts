import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { moveDurably } from './durable.ts';
import { BadFile, SafeFile } from './safe-file.ts';

/** A file of the data folder that could not be used, and what was done about it. */
export interface Damage {
  /** Seen from the data folder. */
  readonly file: string;
  /** Under which name it is kept; absent where it was left as it is. */
  readonly kept?: string;
  /** What that means and what to do, in sentences. */
  readonly say: string;
  /** What must not go on until a person decides: the releases of this service, or of all. */
  readonly holds?: { readonly service?: string; readonly rollout?: string };
}

/** @param now names what is put aside, in milliseconds since the epoch. */
export async function putAside(path: string, now: number): Promise<string> {
  const stamp = new Date(now).toISOString().replace(/[-:]|\.\d+/g, '');
  const kept = `${path}.bad-${stamp}`;
  await moveDurably(path, kept);
  return kept;
}

/** Documents whose loss lets nothing out that should stay in; what begins anew, and what that means for people. */
const BEGUN_ANEW: readonly [pattern: RegExp, say: string][] = [
  [
    /^team$/,
    'Nobody is in the team that the chat keeps: restore the file and start Sluice anew, or /claim anew.',
  ],
  [/^restorations$/, 'The list of restored backups begins anew.'],
  [/^cleanings$/, 'The list of deleted versions begins anew.'],
  [/^unfinished$/, 'Taps and messages that the last process was still at may be lost: look at what is open.'],
  [/^dialogues\//, 'A dialogue is lost; whoever was in it begins it again.'],
  [/^messages\//, 'The messages of that rollout may come once more.'],
];
const ANEW = 'What was in it begins anew.';
const GUARD =
  'It held the freezes and locks, and which versions were rolled back, so everything is frozen. Restore the file and start Sluice anew; or look at /history and end it with /unfreeze REASON.';

/** Looks at the documents that are read at a start or belong to a live rollout, and puts those aside that are none. */
export async function mendDocuments(folder: string, live: readonly string[], now: number): Promise<Damage[]> {
  const names = [
    ...(await namesIn(folder, '')),
    ...(await namesIn(folder, 'dialogues/')),
    ...live.map((id) => `messages/${id}`),
  ];
  const damages = await Promise.all(names.map((name) => mendDocument(folder, name, now)));
  return damages.flatMap((damage) => damage ?? []);
}

async function mendDocument(folder: string, name: string, now: number): Promise<Damage | undefined> {
  const path = join(folder, `${name}.json`);
  try {
    await new SafeFile(path).read();
    return undefined;
  } catch (error) {
    if (!(error instanceof BadFile)) throw error;
  }
  const kept = basename(await putAside(path, now));
  const file = `${name}.json`;
  if (name === 'guard') return { file, kept, say: GUARD, holds: {} };
  return { file, kept, say: BEGUN_ANEW.find(([pattern]) => pattern.test(name))?.[1] ?? ANEW };
}

async function namesIn(folder: string, under: string): Promise<string[]> {
  const names = await readdir(join(folder, under)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return names
    .filter((name) => name.endsWith('.json') && name !== 'lock.json')
    .map((name) => under + name.slice(0, -'.json'.length));
}

/** A journal that cannot be gone on with: its rollout stands still, and so does its service until somebody decides. */
export async function mendJournal({ path, text, message }: BadFile, now: number): Promise<Damage> {
  const kept = await putAside(path, now);
  const rollout = basename(path, '.json');
  const service = /"service":"([^"\\]+)"/.exec(text)?.[1];
  const name = service ?? 'all services';
  return {
    file: `rollouts/live/${basename(path)}`,
    kept: basename(kept),
    say: `${message} The rollout ${rollout} stands where it was, and nothing is let out of ${name}. Look at its traffic (/traffic). To go on with it, restore the file${message.includes('schema') ? ', or start the Sluice that wrote it' : ''}; else end this with ${service ? `/unlock ${service} REASON` : '/unfreeze REASON'}.`,
    holds: { rollout, ...(service && { service }) },
  };
}
