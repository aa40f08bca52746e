import type { Check } from '../../plan/terms.ts';
import type { Chat, Who } from '../../rollout/draft.ts';
import type { Proposal } from './propose.ts';

/** A proposal that was put to people, and what came of it. Plain JSON. */
export interface Cleaning {
  readonly id: string;
  readonly service: string;
  readonly what: 'delete' | 'stop';
  readonly versions: readonly string[];
  readonly chat: Chat;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Who pressed the button; recorded before anything is done. */
  readonly begun?: { readonly by: Who; readonly at: number };
  /** By version, as far as it got. */
  readonly results: readonly Check[];
  /** When the last result was known. */
  readonly ended?: number;
}

/** Deletes and stops versions that nobody needs, outside any rollout. Errors thrown are sentences. */
export interface Cleaner {
  /** What could go of a service, or of all services, as things are now. */
  propose(service?: string): Promise<readonly Proposal[]>;
  /** Keeps what a button will stand for. @returns its id */
  put(cleaning: Pick<Cleaning, 'service' | 'what' | 'versions' | 'chat'>): Promise<string>;
  /** Takes it on, once. @returns the sentence why not. */
  begin(id: string, by: Who): Promise<Cleaning | { readonly refused: string }>;
  /** Goes on where it is: each version is looked at once more, and what must stay is a check that is not ok. */
  carryOut(id: string): Promise<Cleaning>;
  /** Begun by a process that is gone. */
  unfinished(): Promise<readonly Cleaning[]>;
  /** Ends what is under way; the next process goes on with it. */
  stop(): Promise<void>;
}
