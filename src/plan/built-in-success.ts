import { CRITICAL_LOGS } from './common-checks.ts';
import type { WrittenCriterion, WrittenFollowUp } from './schema/success.ts';

/** When the deployment plan that Sluice was made for is a success. The last is what any app can be measured by. */
export const BUILT_IN_CRITERIA: readonly WrittenCriterion[] = [
  { text: 'System generates appropriate number of trade signals (3-7 per day)' },
  { text: 'Quality scoring effectively filters low-quality setups' },
  { text: 'Session awareness correctly identifies optimal trading times' },
  { text: 'Telegram notifications are clear and actionable' },
  { text: 'Trade approval workflow functions correctly' },
  {
    text: 'No critical errors in system logs',
    checks: [CRITICAL_LOGS],
  },
];

/** And what that plan asks for when it is none. */
export const BUILT_IN_CONTINGENCY: readonly WrittenFollowUp[] = [
  { text: 'Analyze root causes of issues', within: '2d' },
  { text: 'Develop targeted fixes for specific problems', within: '5d' },
  {
    text: 'If major issues persist, consider reverting to previous system',
    within: '7d',
    offer: 'rollback',
  },
  { text: 'Schedule comprehensive review of system architecture', within: '14d', offer: 'calendar' },
];
