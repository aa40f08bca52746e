import * as v from 'valibot';
import type { Store } from '../../rollout/ports.ts';
import type { Rollout } from '../../rollout/state.ts';
import type { Needs } from './propose.ts';

/** Closed rollouts among which the last of a service is looked for. */
const LOOK_BACK = 50;

const backup = v.object({
  split: v.optional(v.object({ shares: v.record(v.string(), v.number()) })),
  clone: v.optional(v.string()),
});

/** The versions of a service that a rollout at hand, or the backup of its last release, may still need. */
export async function needsOf(
  service: string,
  rollouts: readonly Rollout[],
  store: Pick<Store, 'listBackups' | 'readDocument'>,
): Promise<Needs> {
  const needs = new Map<string, string>();
  const last = (await store.listBackups(LOOK_BACK)).find((past) => past.service === service);
  if (last?.backup) await add(last.backup, `in the backup that was made before ${last.version}`);
  for (const rollout of rollouts.filter((one) => one.service === service)) {
    const { version, original, base, live, backup: name } = rollout;
    if (name) await add(name, `in the backup of the rollout of ${version}`);
    for (const split of [base, live, original])
      for (const id of Object.keys(split?.shares ?? {})) needs.set(id, `the way back from ${version}`);
    needs.set(version, 'what was released last, or is being released');
  }
  return needs;

  async function add(name: string, why: string): Promise<void> {
    const saved = v.parse(v.optional(backup), await store.readDocument(name));
    for (const id of Object.keys(saved?.split?.shares ?? {})) needs.set(id, why);
    if (saved?.clone !== undefined) needs.set(saved.clone, why);
  }
}
