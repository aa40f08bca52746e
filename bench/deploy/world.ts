import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startAppEngine } from '../../src/sandbox/app-engine/index.ts';
import { SandboxClock } from '../../src/sandbox/clock.ts';

/** In memory where there is such a place: what all wait for alike, the disk of the stand-in, is not what is measured. */
const MEMORY = '/dev/shm';

/** A local App Engine whose operations end at once, in this process; tells its address and lives until it is told to end. */
const dataDir = await mkdtemp(join(existsSync(MEMORY) ? MEMORY : tmpdir(), 'sluice-bench-world-'));
const appEngine = await startAppEngine({
  dataDir,
  clock: new SandboxClock(1),
  project: 'demo',
  port: 0,
  proxyPort: 0,
  operationMs: 0,
  ingestionDelayMs: 60_000,
  log: () => {},
});
await appEngine.seed('default', 'v1', process.argv[2] ?? '');
// The terminal interrupts all of its processes; this one ends after its parent.
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});
process.once('disconnect', async () => {
  await appEngine.close();
  await rm(dataDir, { recursive: true, force: true });
});
process.send?.(appEngine.url);
