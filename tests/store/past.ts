import type { Past } from '../../src/rollout/past.ts';

/** A closed rollout for tests that are not about what became of it. */
export function pastFor(id: string, change: Partial<Past> = {}): Past {
  return {
    id,
    service: 'default',
    version: `v-${id}`,
    startedAt: 1,
    endedAt: 2,
    outcome: 'done',
    by: 'Ada',
    ...change,
  };
}
