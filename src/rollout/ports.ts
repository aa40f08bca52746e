import type { SmokeTest } from '../plan/schema.ts';
import type { Split } from '../plan/split.ts';
import type { Verdict } from '../plan/verdict.ts';
import type { Check, Event, Source } from './events.ts';

/** What an effect is told while it runs and tells in turn. */
export interface Hooks {
  /** Awaited before the operation is polled, so that its name is on disk first. */
  onOperation(name: string): Promise<void>;
  /** A line about how far it is, for the card; never recorded. */
  onProgress(line: string): void;
  /** Aborted when the outcome is no longer wanted. */
  readonly signal: AbortSignal;
}

/** The service that is released to. Errors thrown carry a sentence fit for the chat as their message. */
export interface Cloud {
  /** The live split; undefined when there is no such service. */
  readSplit(service: string, signal?: AbortSignal): Promise<Split | undefined>;
  /** Saves what a rollback needs. Returns the split and where the backup lies. */
  backUp(service: string, rollout: string, signal: AbortSignal): Promise<{ split: Split; backup: string }>;
  /** Makes the version exist without touching traffic. `since`: when the intent was recorded. */
  deploy(
    request: {
      service: string;
      version: string;
      source: Source;
      since: number;
      resumed: boolean;
      operation?: string;
    },
    hooks: Hooks,
  ): Promise<{ versionUrl: string; files: number; uploaded: number }>;
  verify(
    request: { service: string; version: string; smoke: readonly SmokeTest[]; since: number },
    signal: AbortSignal,
  ): Promise<Check[]>;
  /** Moves traffic if the live split is one of `accept`; otherwise says what it found and leaves it. */
  setSplit(
    request: { service: string; accept: readonly Split[]; to: Split; operation?: string },
    hooks: Hooks,
  ): Promise<{ kind: 'done'; split: Split } | { kind: 'drift'; live: Split }>;
}

/** Judges the whole minutes of [from, to). Never throws: a failing query is a verdict of its own. */
export interface Monitor {
  observe(
    request: {
      service: string;
      canary: string;
      /** Above 0 and up to 1. */
      canaryShare: number;
      from: number;
      to: number;
      /** Minutes that the step is to be judged for. */
      durationMin: number;
    },
    signal: AbortSignal,
  ): Promise<Verdict>;
}

/** Somebody else appended to the journal first. */
export class RevisionConflict extends Error {
  override name = 'RevisionConflict';
}

/** Where journals and small documents are kept. */
export interface Store {
  /** Appends if the journal has `expected` events. @throws RevisionConflict otherwise. Durable when it resolves. */
  append(rollout: string, expected: number, events: readonly Event[]): Promise<void>;
  /** The whole journal, of a live or a closed rollout; undefined when there is none. */
  read(rollout: string): Promise<readonly Event[] | undefined>;
  /** Ids of the rollouts that are not closed. Costs what they cost, however many were closed before. */
  live(): Promise<string[]>;
  /** Takes a rollout out of the live ones. Its journal stays readable. */
  close(rollout: string): Promise<void>;
  /** A small JSON document by name, such as `messages/k3f9x2ab`; undefined when absent. */
  readDocument<T>(name: string): Promise<T | undefined>;
  writeDocument(name: string, value: unknown): Promise<void>;
  removeDocument(name: string): Promise<void>;
}
