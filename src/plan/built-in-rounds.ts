import { CRITICAL_LOGS, ERRORS, LATENCY } from './common-checks.ts';
import type { WrittenRound } from './schema/after-care.ts';

/** At most this many an hour. */
const ERROR_LOGS = {
  name: 'error log entries an hour',
  kind: 'logs',
  filter: 'severity>=ERROR',
  per: '1h',
  atMost: 10,
} as const;

const CHECKS = [ERRORS, LATENCY, ERROR_LOGS, CRITICAL_LOGS];

/**
 * The monitoring plan of the deployment plan that Sluice was made for. What any app can be measured by is a check, the
 * rest is asked of people.
 */
export const BUILT_IN_ROUNDS: readonly WrittenRound[] = [
  {
    name: 'Hourly',
    every: 'hour',
    for: '24h',
    checks: CHECKS,
    tasks: [
      'Verify trade signals are being generated correctly',
      'Check Telegram notifications are being sent',
      'Verify trade execution and approval workflow',
    ],
  },
  {
    name: 'Daily',
    every: 'day',
    for: '7d',
    checks: CHECKS,
    tasks: [
      'Review the performance of the system',
      'Compare actual vs. expected number of trade signals',
      'Analyze quality scores distribution',
      'Check session awareness is working correctly',
    ],
  },
  { name: 'Weekly', every: 'week', checks: CHECKS, tasks: ['Performance review'] },
  { name: 'Monthly', every: 'month', checks: CHECKS, tasks: ['Parameter optimization'] },
  { name: 'Quarterly', every: 'quarter', checks: CHECKS, tasks: ['System architecture review'] },
];
