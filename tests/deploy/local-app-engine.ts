import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Clock } from '../../src/plan/clock.ts';
import { scaledClock } from '../../src/plan/clock.ts';
import { type AppEngine, startAppEngine } from '../../src/sandbox/app-engine/index.ts';
import { SandboxClock } from '../../src/sandbox/clock.ts';
import { copySteady } from './steady-app.ts';

export const EXAMPLE = join(import.meta.dirname, '../../examples/signals');

/** The local App Engine on free ports, with the example as v1 of the default service. */
export async function localAppEngine(speed: number): Promise<{ appEngine: AppEngine; clock: Clock }> {
  const dataDir = await temporaryFolder();
  const sandboxClock = new SandboxClock(speed);
  const { origin, epoch } = sandboxClock.reading;
  const appEngine = await startAppEngine({
    dataDir,
    clock: sandboxClock,
    project: 'demo',
    port: 0,
    proxyPort: 0,
    operationMs: 10_000,
    ingestionDelayMs: 60_000,
    log: () => undefined,
  });
  onTestFinished(() => appEngine.close());
  await appEngine.seed('default', 'v1', await copyOfExample());
  // A warm app, so that the first figures of a test are not those of its start.
  await fetch(`${appEngine.proxyUrl}/healthz`);
  return { appEngine, clock: scaledClock(origin, epoch, speed) };
}

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A steady copy of the example that a test may change. */
export async function copyOfExample(): Promise<string> {
  const folder = join(await temporaryFolder(), 'app');
  await copySteady(folder);
  return folder;
}

/** How many files a folder holds, those of folders within included. */
export async function countFiles(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).length;
}
