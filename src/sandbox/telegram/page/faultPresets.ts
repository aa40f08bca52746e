import type { StandingFault } from './panelWire.ts';

/** A fault that can be asked for by one press; `rule` as `POST /_sandbox/faults` takes it. */
export interface Preset {
  readonly server: StandingFault['server'];
  readonly say: string;
  readonly rule: {
    readonly match: {
      readonly server: StandingFault['server'];
      readonly path: string;
      readonly method?: string;
    };
    readonly fault: { readonly kind: string };
    readonly probability?: number;
  };
}

function preset(
  server: Preset['server'],
  say: string,
  match: { path: string; method?: string },
  fault: { kind: string; [more: string]: unknown },
  probability?: number,
): Preset {
  return {
    server,
    say,
    rule: { match: { server, ...match }, fault, ...(probability !== undefined && { probability }) },
  };
}

export const PRESETS: readonly Preset[] = [
  preset('app-engine', 'Half of the calls: 503', { path: '/v1' }, { kind: 'status', code: 503 }, 0.5),
  preset(
    'app-engine',
    'Moves get stuck',
    { path: '/services/', method: 'PATCH' },
    { kind: 'operation-stuck' },
  ),
  preset('app-engine', 'Moves fail', { path: '/services/', method: 'PATCH' }, { kind: 'operation-fails' }),
  preset('app-engine', 'Figures 15 min late', { path: 'timeSeries' }, { kind: 'late-figures', ms: 900_000 }),
  preset('app-engine', 'No figures: 500', { path: 'timeSeries' }, { kind: 'status', code: 500 }),
  preset('app-engine', 'Answers are lost', { path: '/v1' }, { kind: 'lost-answer' }, 0.3),
  preset(
    'telegram',
    'Flood: wait 20 s',
    { path: '/(send|edit)' },
    { kind: 'status', code: 429, retry_after: 20 },
  ),
  preset('telegram', 'Answers are lost', { path: '/(send|edit)' }, { kind: 'lost-answer' }, 0.5),
  preset('telegram', 'Out of reach', { path: '' }, { kind: 'reset' }),
];

/** The rule by which a preset stands, if it does. */
export function standingOf(
  { server, rule }: Preset,
  faults: readonly StandingFault[],
): StandingFault | undefined {
  return faults.find(
    (one) => one.server === server && one.path === rule.match.path && one.kind === rule.fault.kind,
  );
}
