import type { FaultRule } from '../faults.ts';

/** When something is to happen. The new version is the one that had no traffic when the scenario began. */
export type Moment =
  | { readonly on: 'start' }
  /** The new version has at least this share of the traffic, above 0. */
  | { readonly on: 'share'; readonly atLeast: number }
  /** A fault of this scenario's has struck. */
  | { readonly on: 'struck' };

/** What happens then. */
export type Deed =
  /** The share of requests that fail goes from one value to another over so many milliseconds of the sandbox's clock. */
  | {
      readonly do: 'errors';
      readonly of: 'new' | 'all';
      readonly from: number;
      readonly to: number;
      readonly over: number;
    }
  /** A share of the new version's requests takes so many real milliseconds longer. */
  | { readonly do: 'slow'; readonly ms: number; readonly share: number }
  /** The versions are well again. */
  | { readonly do: 'heal' }
  /** Users' requests per second of the sandbox's clock. */
  | { readonly do: 'load'; readonly perSecond: number }
  /** Somebody at the console gives the new version this share, and the rest to the version before. */
  | { readonly do: 'move'; readonly share: number }
  | { readonly do: 'kill-bot' }
  | { readonly do: 'fault'; readonly rule: FaultRule }
  /** The faults of this scenario end. */
  | { readonly do: 'mend' };

export interface Act {
  readonly when: Moment;
  /** Milliseconds of the sandbox's clock after that moment; at once where it is left out. */
  readonly after?: number;
  /** Absent: it is only told. */
  readonly deed?: Deed;
  /** What is told of it, once it happens. */
  readonly say: string;
}

/** How it can end: with the new version out, or with the split of the beginning. */
export interface Ending {
  readonly on: 'out' | 'back';
  /** Only as long as something is still to happen. Of several endings that fit, the first counts. */
  readonly early?: true;
  /** As it should. */
  readonly well: boolean;
  readonly say: string;
}

/** A release to be played, and what befalls it. */
export interface Scenario {
  readonly name: string;
  readonly title: string;
  /** One line, for lists. */
  readonly line: string;
  /** What one will see, what is to be decided, and how it should end. */
  readonly see: string;
  readonly decide: string;
  readonly should: string;
  readonly acts: readonly Act[];
  readonly endings: readonly Ending[];
}
