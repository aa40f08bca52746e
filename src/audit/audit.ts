import { join } from 'node:path';
import type { Clock } from '../plan/clock.ts';
import type { Who } from '../rollout/draft.ts';
import type { Store } from '../rollout/ports.ts';
import { type AuditedStore, auditedStore, type EntriesOf } from './audited-store.ts';
import { AuditUnwritable, ChainFile } from './chain-file.ts';
import { createCrowd } from './crowd.ts';
import { cut } from './events.ts';
import { sayHead } from './head.ts';
import { openSigner, type Signer } from './keys.ts';
import type { End } from './line.ts';
import { loadMarks, type MarksDocument } from './load-marks.ts';
import { opening, sayFound } from './opening.ts';
import { Recorder, type Work } from './recorder.ts';

/** Name of the audit in the data folder. */
export const AUDIT_FILE = 'audit.jsonl';
const MARKS = 'audit-marks';
/** After so many lines the marks are kept again: a start reads at most about as many. */
const SAVE_EVERY = 256;
/** Milliseconds until what could not be written is tried again. */
const RETRY_MS = 10_000;

export interface AuditOptions {
  /** The data folder, which must be held. */
  readonly folder: string;
  readonly store: Store;
  /** Names of the documents that people's acts are kept in, and what of them is told. */
  readonly documents: readonly string[];
  readonly entriesOf: EntriesOf;
  /** Stamps the lines. */
  readonly clock: Clock;
  /** People's time: strangers are counted by its minutes, failed writes tried again by it. */
  readonly peoplesClock: Clock;
  readonly failed: (what: string, error: unknown) => void;
}

/** Where the audit stands, for the card. */
export interface Standing {
  readonly head: string;
  /** Why it cannot be written just now. */
  readonly problem?: string;
}

/** The record of every act and every refused attempt, each line of it bound to the one before. */
export interface Audit {
  /** The store to work with: what is written there is told here. */
  readonly store: AuditedStore;
  readonly path: string;
  readonly signer: Signer;
  /** Number and hash of the last line. */
  end(): End;
  standing(): Standing;
  /** An attempt that no journal has. Bounded: see {@link createCrowd}. */
  refused(by: Who, attempt: string): void;
  /** Something that has no journal was given to somebody who asked for it. */
  handedOut(by: Who, what: string): void;
  /** Writes what is left, and makes the next start quick. */
  stop(): Promise<void>;
}

/** Opens the audit of a data folder, or begins it. What cannot be written is told to `failed`, and tried again. */
export async function openAudit(options: AuditOptions): Promise<Audit> {
  const { folder, store, clock, peoplesClock, failed } = options;
  const path = join(folder, AUDIT_FILE);
  const { signer, made } = await openSigner(folder, clock.now(), (error) =>
    failed('the key of the audit', error),
  );
  const { file, found } = await ChainFile.open(path, clock.now());
  const saved = await store.readDocument<MarksDocument>(MARKS).catch((error) => {
    // They only spare this start the reading of the whole chain.
    failed('the marks of the audit', error);
    return undefined;
  });
  const { marks, lost, ...loaded } = await loadMarks(file, saved);
  let { savedAt } = loaded;
  const recorder = new Recorder(file, marks, () => {
    if (file.end.seq - savedAt >= SAVE_EVERY)
      save().catch((error) => failed('the marks of the audit', error));
  });
  /** What each source has to tell that could not be written. */
  const behind = new Map<string, Work>();
  let problem: string | undefined;
  let retry: AbortController | undefined;
  let said: { readonly seq: number; readonly head: string } | undefined;

  const crowd = createCrowd(clock, peoplesClock, (entries) => tell('attempts', () => entries));
  const audited = auditedStore(store, marks, { tell, ready }, options.documents, options.entriesOf);
  const fault = sayFound(found, lost, path);
  if (fault !== undefined) failed('the audit, as it was found', new Error(fault));
  const first = opening(file.end, made ? 'made' : 'known', fault, signer.publicKey, clock.now());
  if (first) await tell('attempts', () => [first]);

  return {
    store: audited,
    path,
    signer,
    end: () => file.end,
    standing() {
      if (said?.seq !== file.end.seq) said = { seq: file.end.seq, head: sayHead(file.end, signer) };
      return { head: said.head, ...(problem !== undefined && { problem }) };
    },
    refused: crowd.refused,
    handedOut({ id, name, update }, what) {
      const by = { id, name: cut(name) };
      const line = { at: clock.now(), act: 'handed-out', by, ...(update !== undefined && { update }) };
      tell('attempts', () => [{ ...line, words: cut(what) }]);
    },
    async stop() {
      retry?.abort();
      await crowd.flush();
      await recorder.idle();
      if (file.end.seq !== savedAt) await save();
    },
  };

  async function tell(source: string, work: Work): Promise<void> {
    try {
      await recorder.record(work);
      behind.delete(source);
      if (behind.size === 0) problem = undefined;
    } catch (error) {
      // A journal that cannot be read has nothing to tell, and holds up nobody else's.
      if (!(error instanceof AuditUnwritable)) return failed(`the audit of the ${source}`, error);
      // What the recorder owes by itself is written with whatever comes next.
      behind.set(source, source === 'attempts' ? () => [] : work);
      if (problem === undefined) failed('the audit', error);
      problem = (error as Error).message;
      tryAgainLater();
    }
  }

  /** Nothing is owed, and the file would take a line now. */
  async function ready(): Promise<void> {
    await catchUp();
    await recorder.record(async () => {
      await file.check();
      return [];
    });
    if (problem !== undefined) throw new AuditUnwritable(problem);
  }

  async function catchUp(): Promise<void> {
    await Promise.all([...behind].map(([source, work]) => tell(source, work)));
  }

  function tryAgainLater(): void {
    if (retry) return;
    const waiting = new AbortController();
    retry = waiting;
    peoplesClock.sleep(RETRY_MS, waiting.signal).then(
      async () => {
        retry = undefined;
        await catchUp();
      },
      () => {},
    );
  }

  async function save(): Promise<void> {
    const { end } = file;
    savedAt = end.seq;
    marks.trim();
    const document: MarksDocument = { end, ...marks.record() };
    await store.writeDocument(MARKS, document);
  }
}
