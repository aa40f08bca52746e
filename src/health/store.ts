import type { Store } from '../rollout/ports.ts';
import type { Vitals } from './vitals.ts';

/** A store whose writes tell the vitals how they went, and whose verdicts are counted. */
export function watchedStore(store: Store, vitals: Vitals): Store {
  async function watched(journal: boolean, write: () => Promise<void>): Promise<void> {
    const begun = performance.now();
    const seconds = () => (performance.now() - begun) / 1_000;
    try {
      await write();
      vitals.notice({ kind: 'stored', journal, seconds: seconds() });
    } catch (error) {
      // A line that came too late for its journal says nothing about the disk.
      if ((error as Error).name !== 'RevisionConflict')
        vitals.notice({ kind: 'stored', journal, seconds: seconds(), problem: (error as Error).message });
      throw error;
    }
  }

  return {
    ...store,
    async append(rollout, expected, events) {
      await watched(true, () => store.append(rollout, expected, events));
      for (const event of events)
        if (event.type === 'judged') vitals.notice({ kind: 'verdict', answer: event.verdict.answer });
    },
    writeDocument: (name, value) => watched(false, () => store.writeDocument(name, value)),
    keep: (name, bytes) => watched(false, () => store.keep(name, bytes)),
  };
}
