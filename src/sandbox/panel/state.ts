import type { LiveMinute, LiveService } from '../app-engine/live.ts';
import type { FaultyServer } from '../faults.ts';

/** Users' requests per second of the sandbox's clock; in a burst so many times as many, until its clock reads `until`. */
export interface Load {
  readonly perSecond: number;
  readonly burst?: { readonly times: number; readonly until: number };
}

/** The local world as it is now. */
export interface World {
  readonly load: Load;
  readonly services: readonly LiveService[];
  readonly minutes: readonly LiveMinute[];
  readonly faults: readonly {
    readonly id: number;
    readonly server: FaultyServer;
    /** Part of the paths that it is for. */
    readonly path: string;
    readonly kind: string;
    readonly hits: number;
  }[];
  readonly bot: 'alive' | 'dead' | 'elsewhere';
}

/** A scenario as it stands. */
export interface Play {
  readonly name: string;
  readonly title: string;
  readonly see: string;
  readonly decide: string;
  readonly should: string;
  /** What has happened, in the order in which it did; times in milliseconds of the sandbox's clock. */
  readonly told: readonly { readonly at: number; readonly say: string }[];
  readonly ended?: { readonly at: number; readonly well: boolean; readonly say: string };
}

export interface PanelState extends World {
  readonly play?: Play;
}
