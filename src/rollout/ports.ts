import type { Split } from '../plan/split.ts';
import type { BuiltInCheck, OwnCommand, PageTest, Probe, Reading } from '../plan/terms.ts';
import type { Verdict } from '../plan/verdict.ts';
import type { Source } from './draft.ts';
import type { Check, Commit, CronChange, Event } from './events.ts';
import type { Past } from './past.ts';
import type { Shared, Sight } from './sighting.ts';
import type { Rollout } from './state.ts';

/** What an effect is told while it runs and tells in turn. */
export interface Hooks {
  /** Awaited before the operation is polled, so that its name is on disk first. */
  onOperation(name: string): Promise<void>;
  /** A line about how far it is, for the card; never recorded. */
  onProgress(line: string): void;
  /** Aborted when the outcome is no longer wanted. */
  readonly signal: AbortSignal;
}

/** The cron.yaml of a source, as the backup of that name found it; its jobs are gone back to when it fails. */
export interface CronRequest {
  readonly source: Source;
  readonly backup: string;
}

/** The service that is released to. Errors thrown carry a sentence fit for the chat as their message. */
export interface Cloud {
  /** The live split, and what tells these versions from others; undefined when there is no such service. */
  see(service: string, versions: readonly string[], signal: AbortSignal): Promise<Sight | undefined>;
  /** What all services of the app share, as it is now. */
  listShared(signal: AbortSignal): Promise<Shared>;
  /** Looks whether all that a release takes is there. Changes nothing. */
  validate(
    request: {
      service: string;
      version: string;
      source: Source;
      checks: readonly BuiltInCheck[];
      region?: string;
      cron?: string;
    },
    signal: AbortSignal,
  ): Promise<{ checks: Check[]; commit?: Commit }>;
  /** Saves what a rollback needs. Returns the split and where the backup lies. */
  backUp(
    request: {
      rollout: string;
      service: string;
      version: string;
      source: Source;
      cron?: string;
      clone: boolean;
    },
    signal: AbortSignal,
  ): Promise<{ split: Split; backup: string }>;
  /**
   * Makes the version exist without touching traffic. `since`: when the intent was recorded; `firstAt`: that of the first
   * attempt, if this is not the first.
   */
  deploy(
    request: {
      service: string;
      version: string;
      source: Source;
      since: number;
      firstAt?: number;
      resumed: boolean;
      operation?: string;
      /** What the new version is compared with, in words for people. */
      backup?: string;
      commit?: Commit;
    },
    hooks: Hooks,
  ): Promise<{ versionUrl: string; files: number; uploaded: number; changes: string[] }>;
  /** What cron.yaml would change. Changes nothing. */
  compareCron(request: CronRequest, signal: AbortSignal): Promise<CronChange>;
  /** Makes the cron jobs what cron.yaml says, or leaves them as they were and throws. */
  deployCron(request: CronRequest, hooks: Hooks): Promise<CronChange>;
  verify(
    request: { service: string; version: string; smoke: readonly PageTest[]; since: number },
    signal: AbortSignal,
  ): Promise<Check[]>;
  /**
   * Moves traffic if the live split is one of `accept`; otherwise says what it found and leaves it.
   * @param request.anew written even where `to` is what is read: an earlier move may still be on its way.
   * @param request.backup on the way back: versions in `to` that were stopped since are started first, as it says.
   */
  setSplit(
    request: {
      service: string;
      accept: readonly Split[];
      to: Split;
      anew?: boolean;
      operation?: string;
      backup?: string;
    },
    hooks: Hooks,
  ): Promise<{ kind: 'done'; split: Split } | { kind: 'drift'; live: Split }>;
  /**
   * What a rollout may have changed beside the traffic, as the backup has it.
   * @param request.cron the cron jobs were changed, or may have been.
   * @param request.files the config files of the source are still those of this release.
   */
  putBack(
    request: { service: string; source: Source; backup: string; cron: boolean; files: boolean },
    hooks: Hooks,
  ): Promise<Check[]>;
}

/** How a command of the team's own ended. */
export interface Ran {
  readonly ok: boolean;
  /** "ended with 3", "took longer than 5 minutes and was ended". */
  readonly why: string;
  /** The end of what it said. */
  readonly tail: string;
}

/** The team's own commands. A command that fails is an answer; only an aborted signal throws. */
export interface Scripts {
  run(
    command: OwnCommand,
    rollout: Rollout,
    hooks: { readonly signal: AbortSignal; onLine?(line: string): void },
  ): Promise<Ran>;
}

/** Figures of a release. */
export interface Monitor {
  /** Judges the whole minutes of [from, to). Only an aborted signal throws: a failing query is a verdict of its own. */
  observe(rollout: Rollout, window: { from: number; to: number }, signal: AbortSignal): Promise<Verdict>;
  /** Looks at each probe over [from, to). As above: what cannot be asked is `unknown`. */
  look(
    rollout: Rollout,
    probes: readonly Probe[],
    window: { from: number; to: number },
    signal: AbortSignal,
  ): Promise<Reading[]>;
}

/** Somebody else appended to the journal first. */
export class RevisionConflict extends Error {
  override name = 'RevisionConflict';
}

/** The store cannot do its part now. Its message is a sentence, fit for the chat, that says why and what to do. */
export class StoreProblem extends Error {
  override name = 'StoreProblem';
}

/** Where journals and small documents are kept. */
export interface Store {
  /** Appends if the journal has `expected` events. @throws RevisionConflict otherwise. Durable when it resolves. */
  append(rollout: string, expected: number, events: readonly Event[]): Promise<void>;
  /** The whole journal, of a live or a closed rollout; undefined when there is none. */
  read(rollout: string): Promise<readonly Event[] | undefined>;
  /** Ids of the rollouts that are not closed. Costs what they cost, however many were closed before. */
  live(): Promise<string[]>;
  /** Takes a rollout out of the live ones. Its journal stays readable. Done again it changes nothing. */
  close(rollout: string, past: Past): Promise<void>;
  /**
   * The rollouts that were closed, the last first.
   * @param before id of the last one of the page before.
   */
  history(limit: number, before?: string): Promise<readonly Past[]>;
  /** The same, of those only that have a backup. */
  listBackups(limit: number): Promise<readonly Past[]>;
  /** A small JSON document by name, such as `messages/k3f9x2ab`; undefined when absent. */
  readDocument<T>(name: string): Promise<T | undefined>;
  writeDocument(name: string, value: unknown): Promise<void>;
  removeDocument(name: string): Promise<void>;
  /** A file by name, such as `evidence/k3f9x2ab/report.pdf`. Takes the place of one of the same name. */
  keep(name: string, bytes: Uint8Array): Promise<void>;
  /** Undefined when there is none. */
  kept(name: string): Promise<Uint8Array | undefined>;
}
