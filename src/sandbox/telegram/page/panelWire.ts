/** What the control panel hears from its server: the local world as it is now. Times by the sandbox's clock, in ms. */

export interface Trouble {
  /** Share of the requests that fail. */
  readonly errors?: number;
  readonly slow?: { readonly ms: number; readonly share: number };
  readonly coldStart?: number;
  /** Megabytes per minute. */
  readonly leak?: number;
  readonly crashEvery?: number;
}

export interface Version {
  readonly id: string;
  /** From 0 to 1. */
  readonly share: number;
  readonly stopped: boolean;
  readonly instances: number;
  /** Bytes. */
  readonly memory: number;
  readonly trouble: Trouble;
}

export interface Service {
  readonly id: string;
  /** The newest first. */
  readonly versions: readonly Version[];
}

/** What one version answered within one minute; the last one may not be over. */
export interface Minute {
  readonly at: number;
  readonly service: string;
  readonly version: string;
  readonly requests: number;
  readonly errors: number;
  readonly p50: number;
  readonly p95: number;
}

export interface StandingFault {
  readonly id: number;
  readonly server: 'app-engine' | 'telegram';
  readonly path: string;
  readonly kind: string;
  readonly hits: number;
}

export interface Play {
  readonly name: string;
  readonly title: string;
  readonly see: string;
  readonly decide: string;
  readonly should: string;
  readonly told: readonly { readonly at: number; readonly say: string }[];
  readonly ended?: { readonly at: number; readonly well: boolean; readonly say: string };
}

export interface World {
  readonly load: {
    readonly perSecond: number;
    readonly burst?: { readonly times: number; readonly until: number };
  };
  readonly services: readonly Service[];
  readonly minutes: readonly Minute[];
  readonly faults: readonly StandingFault[];
  readonly bot: 'alive' | 'dead' | 'elsewhere';
  readonly play?: Play;
}

export interface ScenarioLine {
  readonly name: string;
  readonly title: string;
  readonly line: string;
}
