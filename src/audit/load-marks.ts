import type { ChainFile } from './chain-file.ts';
import { BEGINNING, type End, type Line, unseal } from './line.ts';
import { Marks, type MarksRecord } from './marks.ts';

/** The document that spares a start the reading of the whole chain: the marks as they were at one of its lines. */
export interface MarksDocument extends MarksRecord {
  readonly end: End;
}

export interface LoadedMarks {
  readonly marks: Marks;
  /** Number of the line that the document was made at; what came after was read. */
  readonly savedAt: number;
  /** The end that the chain had once, and that is not in it any more. */
  readonly lost?: End;
}

/** Reads the lines that came after the document was written, or all of them where it is not of this chain. */
export async function loadMarks(file: ChainFile, saved: MarksDocument | undefined): Promise<LoadedMarks> {
  const tail = saved && (await linesAfter(file, saved.end));
  if (saved && tail) {
    const marks = new Marks(saved);
    for (const line of tail) marks.note(line);
    return { marks, savedAt: saved.end.seq };
  }
  const marks = new Marks();
  for (const line of (await linesAfter(file, BEGINNING)) ?? []) marks.note(line);
  marks.trim();
  return { marks, savedAt: 0, ...(saved && { lost: saved.end }) };
}

/** Oldest first; undefined when the chain does not have that end. Of all lines, those that were changed are left out. */
async function linesAfter(file: ChainFile, { seq, hash }: End): Promise<readonly Line[] | undefined> {
  const after: Line[] = [];
  let found = seq === BEGINNING.seq;
  await file.backwards(async (lines) => {
    for await (const bytes of lines) {
      const line = unseal(bytes);
      if (line && line.seq <= seq) {
        found = line.hash === hash;
        return;
      }
      if (line) after.push(line);
    }
  });
  return found ? after.toReversed() : undefined;
}
