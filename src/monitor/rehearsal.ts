import type { Answer, Verdict } from '../plan/verdict.ts';

/** A verdict that has no say: it tells what it would have done. */
export function rehearse(verdict: Verdict): Verdict {
  return { ...verdict, rehearsal: true, reasons: [WOULD_HAVE[verdict.answer], ...verdict.reasons] };
}

const WAITED = 'In rehearsal: it would have waited.';
const WOULD_HAVE: Readonly<Record<Answer, string>> = {
  good: 'In rehearsal: it would have offered the promotion.',
  bad: 'In rehearsal: it would have asked for a rollback.',
  'too-little-traffic': WAITED,
  'no-data': WAITED,
  'query-failed': WAITED,
};
