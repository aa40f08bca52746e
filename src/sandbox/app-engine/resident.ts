import { readFileSync } from 'node:fs';

const PAGE_BYTES = 4096;

/** Resident memory of a process and all that it started, in bytes; 0 where /proc does not tell. */
export function residentBytes(pid: number | undefined): number {
  if (pid === undefined) return 0;
  try {
    const own = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * PAGE_BYTES;
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
    // An app runs under the shell that its command is written for.
    return children.filter(Boolean).reduce((sum, child) => sum + residentBytes(Number(child)), own);
  } catch {
    // Not Linux, or the process has just ended.
    return 0;
  }
}
