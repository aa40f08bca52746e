import type { Answer, Verdict } from '../plan/verdict.ts';
import type { Terms } from './draft.ts';

/**
 * What a verdict counts for. In rehearsal it is recorded and told, and people decide as if nothing spoke against the new
 * version; where a command of the team's own failed, that counts all the same.
 */
export function heard(
  { terms: { watching } }: { readonly terms: Pick<Terms, 'watching'> },
  verdict: Verdict | undefined,
): Answer | undefined {
  if (watching.rehearsal && (verdict === undefined || verdict.rehearsal)) return 'good';
  return verdict?.answer;
}
