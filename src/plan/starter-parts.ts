import { CRITICAL_LOGS, ERRORS, LATENCY } from './common-checks.ts';
import type { WrittenRound } from './schema/after-care.ts';
import type { WrittenSection } from './schema/checklist.ts';
import type { WrittenCriterion } from './schema/success.ts';

const CHECKS = [ERRORS, LATENCY, CRITICAL_LOGS];

/** What any team may tick, where the built-in checklist is that of one trade. */
export const STARTER_SECTION: WrittenSection = {
  title: 'Release',
  items: [
    'The change was reviewed',
    'Somebody who knows it is at hand while the traffic moves',
    { text: 'Whoever uses it knows what changes', required: false },
  ],
};

/** After-care of any app: looks by figures and logs, and a review now and then. */
export const STARTER_ROUNDS: readonly WrittenRound[] = [
  { name: 'Hourly', every: 'hour', for: '24h', checks: CHECKS, tasks: [] },
  { name: 'Daily', every: 'day', for: '7d', checks: CHECKS, tasks: ['Look through the errors of the day'] },
  { name: 'Weekly', every: 'week', checks: CHECKS, tasks: ['Performance review'] },
  { name: 'Monthly', every: 'month', checks: CHECKS, tasks: ['Review of limits, quotas and costs'] },
  { name: 'Quarterly', every: 'quarter', checks: CHECKS, tasks: ['Architecture review'] },
];

/** When the release of any app is a success. */
export const STARTER_CRITERIA: readonly WrittenCriterion[] = [
  { text: 'Errors are rare', checks: [ERRORS] },
  { text: 'It answers in time', checks: [LATENCY] },
  { text: 'No critical errors in the logs', checks: [CRITICAL_LOGS] },
  { text: 'It does for its users what it was released for' },
];
