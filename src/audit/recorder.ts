import type { ChainFile } from './chain-file.ts';
import type { Entry } from './line.ts';
import type { Marks } from './marks.ts';

/** Something that belongs into the audit. What the audit has already is left out by whoever writes. */
export type Work = () => readonly Entry[] | Promise<readonly Entry[]>;

/** Bounds what is kept in memory while the disk takes nothing. */
const OWED = 1000;

interface Job {
  readonly work: Work;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** The one writer of a chain: what comes while it writes goes to the disk together, with one sync. */
export class Recorder {
  readonly #file: ChainFile;
  readonly #marks: Marks;
  readonly #written: () => void;
  #jobs: Job[] = [];
  /** Entries that could not be written and that no journal has: they go first when the next write works. */
  #owed: readonly Entry[] = [];
  #turn: Promise<void> | undefined;

  /** @param written called after each write. */
  constructor(file: ChainFile, marks: Marks, written: () => void) {
    this.#file = file;
    this.#marks = marks;
    this.#written = written;
  }

  /**
   * Resolves when it is on disk. What no journal and no record has is written later where that fails.
   * @throws AuditUnwritable, or whatever `work` throws
   */
  record(work: Work): Promise<void> {
    const done = new Promise<void>((resolve, reject) => {
      this.#jobs.push({ work, resolve, reject });
    });
    this.#turn ??= this.#drain();
    return done;
  }

  /** Resolves when all that was given in is written, or could not be. */
  async idle(): Promise<void> {
    await this.#turn;
  }

  async #drain(): Promise<void> {
    while (this.#jobs.length > 0) await this.#write(this.#jobs.splice(0));
    this.#turn = undefined;
  }

  async #write(jobs: readonly Job[]): Promise<void> {
    const entries: Entry[] = [...this.#owed];
    const undo: (() => void)[] = [];
    const ready: Job[] = [];
    for (const job of jobs) {
      try {
        for (const entry of await job.work()) {
          if (this.#marks.has(entry)) continue;
          undo.push(this.#marks.note(entry));
          entries.push(entry);
        }
        ready.push(job);
      } catch (error) {
        job.reject(error);
      }
    }
    try {
      if (entries.length > 0) await this.#file.append(entries);
    } catch (error) {
      for (const back of undo.toReversed()) back();
      this.#owed = entries.filter((entry) => !isKeptElsewhere(entry)).slice(0, OWED);
      for (const job of ready) job.reject(error);
      return;
    }
    this.#owed = [];
    for (const job of ready) job.resolve();
    if (entries.length > 0) this.#written();
  }
}

function isKeptElsewhere({ record, rollout, revision }: Entry): boolean {
  return record !== undefined || (rollout !== undefined && revision !== undefined);
}
