import { BEGINNING, type End, type Line, unseal } from './line.ts';

/** What is wrong with a chain. */
export interface Fault {
  /** Line of the file, counted from 1. */
  readonly line: number;
  readonly kind: 'changed' | 'removed' | 'reordered' | 'repeated' | 'cut';
  /** A sentence. */
  readonly say: string;
}

export interface Checked {
  readonly fault?: Fault;
  /** Lines that were read, up to the fault. */
  readonly lines: number;
  readonly first?: Line;
  readonly last?: Line;
}

/**
 * Looks whether lines are a chain as it was written: none changed, removed, reordered or repeated. That lines are missing
 * at its end no chain can tell: that takes a head.
 * @param from number that the first line should have.
 * @param seen is given each line that is in its place.
 */
export async function checkChain(
  lines: AsyncIterable<Buffer>,
  from = 1,
  seen: (line: Line) => void = () => {},
): Promise<Checked> {
  let count = 0;
  let first: Line | undefined;
  let last: Line | undefined;
  let misplaced: { readonly fault: Fault; readonly due: number } | undefined;
  for await (const bytes of lines) {
    const line = unseal(bytes);
    if (misplaced) {
      // Only whether the line that was due comes later is still to be told.
      if (line?.seq === misplaced.due) return { fault: moved(misplaced.fault, misplaced.due), ...sofar() };
      continue;
    }
    count++;
    if (!line) return { fault: { line: count, kind: 'changed', say: sayChanged(count) }, ...sofar() };
    const fault = misfit(line, count, from, last);
    if (fault?.kind === 'removed') misplaced = { fault, due: last ? last.seq + 1 : from };
    else if (fault) return { fault, ...sofar() };
    else {
      first ??= line;
      last = line;
      seen(line);
    }
  }
  return { ...(misplaced && { fault: misplaced.fault }), ...sofar() };

  function sofar(): Omit<Checked, 'fault'> {
    return { lines: count, ...(first && { first }), ...(last && { last }) };
  }
}

function misfit(line: Line, at: number, from: number, before: End | undefined): Fault | undefined {
  const due = before ? before.seq + 1 : from;
  if (line.seq > due) {
    const gone = line.seq - due === 1 ? `${due} is` : `${due} to ${line.seq - 1} are`;
    return {
      line: at,
      kind: 'removed',
      say: `Line ${at} has the number ${line.seq} where ${due} is due: ${gone} missing.`,
    };
  }
  if (line.seq < due) {
    const kind = before?.hash === line.hash ? 'repeated' : 'reordered';
    const what = kind === 'repeated' ? 'it repeats the line before' : 'it does not belong there';
    return { line: at, kind, say: `Line ${at} has the number ${line.seq} where ${due} is due: ${what}.` };
  }
  const prev = before?.hash ?? (from === 1 ? BEGINNING.hash : line.prev);
  if (line.prev === prev) return undefined;
  const where = before ? `line ${at - 1}` : 'the beginning';
  return {
    line: at,
    kind: 'changed',
    say: `Line ${at} was not written after ${where} as it stands now: one of the two was replaced.`,
  };
}

function moved(fault: Fault, due: number): Fault {
  return {
    line: fault.line,
    kind: 'reordered',
    say: `Line ${fault.line} is out of order: the line with the number ${due}, which is due there, comes later.`,
  };
}

function sayChanged(at: number): string {
  return `Line ${at} was changed: its hash is not that of what it says.`;
}
