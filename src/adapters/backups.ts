import type { Backup } from '../deploy/index.ts';
import type { Store } from '../rollout/ports.ts';

/** The backup of a name, as it was kept; undefined when there is none. */
export async function readBackup(
  store: Pick<Store, 'readDocument'>,
  name: string | undefined,
): Promise<Backup | undefined> {
  return name === undefined ? undefined : store.readDocument<Backup>(name);
}
