import { openFileStore } from '../../src/store/file-store.ts';
import { pastFor } from './past.ts';

// Closes one rollout after another and prints the id of each that is closed, until it is killed.
const [, , folder = '', prefix = ''] = process.argv;
const store = openFileStore(folder);
await store.live();
for (let n = 0; ; n++) {
  const id = `${prefix}${n}`;
  await store.append(id, 0, [{ type: 'window-ended', at: n }]);
  await store.close(id, pastFor(id));
  process.stdout.write(`${id}\n`);
}
