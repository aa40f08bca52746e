import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cloudFor } from '../src/adapters/cloud.ts';
import { keptWindowsFor } from '../src/adapters/kept-windows.ts';
import { monitorFor } from '../src/adapters/monitor.ts';
import { scriptsFor } from '../src/adapters/scripts.ts';
import { connectCloud } from '../src/deploy/index.ts';
import { openSources } from '../src/deploy/sources/sources.ts';
import { runCommand } from '../src/host/run-command.ts';
import { connectMonitoring, createProber } from '../src/monitor/index.ts';
import type { Clock } from '../src/plan/clock.ts';
import { createEngine, type Engine } from '../src/rollout/engine.ts';
import { openGuard } from '../src/rollout/guard.ts';
import type { Store } from '../src/rollout/ports.ts';
import type { Rollout } from '../src/rollout/state.ts';
import { openWindowFiles } from '../src/store/window-files.ts';

/** Where nobody listens: what is not measured must not be asked for. */
const NOWHERE = 'http://127.0.0.1:9/';

/** The engine with its real ports and without a chat; figures come from `monitoring`. */
export async function engineOn(
  store: Store,
  clock: Clock,
  monitoring = NOWHERE,
  changed: (rollout: Rollout) => void = () => {},
): Promise<Engine> {
  const project = 'demo';
  const log = () => {};
  const endpoints = { appengine: NOWHERE, logging: NOWHERE, storage: `${NOWHERE}storage/v1/`, monitoring };
  const folder = join(tmpdir(), 'sluice-bench');
  const sources = openSources({ folder, needed: () => [] });
  const scripts = scriptsFor(project, sources, runCommand);
  const figures = connectMonitoring({ project, endpoint: monitoring, clock, log });
  const kept = keptWindowsFor(openWindowFiles(folder), store, clock, (_, error) => {
    throw error;
  });
  const prober = createProber({ project, endpoints, clock, runCommand, log });
  return createEngine({
    store,
    clock,
    guard: await openGuard(store, [], clock),
    rolesOf: () => [],
    blind: () => {},
    hands: {
      cloud: cloudFor(connectCloud({ project, endpoints, clock, log }), store, sources),
      scripts,
      monitor: monitorFor(figures, prober, kept, scripts, project, sources),
    },
    changed,
    progress: () => {},
    failed: (_, error) => {
      throw error;
    },
  });
}
