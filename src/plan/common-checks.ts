/** Checks that hold for any app, as a plan writes them. */
export const ERRORS = { name: 'errors', kind: 'errors', atMost: '1 %' } as const;
export const LATENCY = { name: 'latency', kind: 'latency', atMost: 2000 } as const;
export const CRITICAL_LOGS = {
  name: 'critical log entries',
  kind: 'logs',
  filter: 'severity>=CRITICAL',
  atMost: 0,
} as const;
