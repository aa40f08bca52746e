import { join } from 'node:path';
import { connectCloud } from '../../dist/deploy/index.js';
import { systemClock } from '../../dist/plan/clock.js';

// The built code, so that no compiler counts among its time. With arguments it does one thing and ends; without, what
// the messages say, as the bot does one thing after the other.
const service = 'default';
const hooks = { onOperation: async () => {}, onProgress: () => {} };

function connect(url) {
  return connectCloud({
    project: 'demo',
    endpoints: {
      appengine: `${url}/`,
      logging: `${url}/`,
      storage: `${url}/storage/v1/`,
      cloudscheduler: `${url}/`,
      cloudresourcemanager: `${url}/`,
      iam: `${url}/`,
    },
    clock: systemClock,
    log: () => {},
  });
}

async function work(cloud, what, folder, version) {
  if (what === 'deploy') {
    await cloud.deploy({ service, version, folder, startedAt: systemClock.now(), resumed: false }, hooks);
  } else if (what === 'halve') {
    const accept = [{ shardBy: 'UNSPECIFIED', shares: { v1: 1000 } }];
    const to = { shardBy: 'IP', shares: { v1: 500, v2: 500 } };
    const { kind } = await cloud.setSplit({ service, accept, to }, hooks);
    if (kind !== 'done') throw new Error(`The split moved under the race: ${kind}.`);
  } else {
    await cloud.deployCron({ file: join(folder, 'cron.yaml') }, {});
  }
}

const [url, ...task] = process.argv.slice(2);
if (url !== undefined) {
  await work(connect(url), ...task);
} else {
  let at;
  let cloud;
  process.on('message', async ({ url: next, task }) => {
    if (next !== at) cloud = connect(next);
    at = next;
    await work(cloud, ...task);
    process.send('done');
  });
  process.once('disconnect', () => process.exit(0));
}
