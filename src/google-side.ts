import { join } from 'node:path';
import { cloudFor } from './adapters/cloud.ts';
import { keptWindowsFor } from './adapters/kept-windows.ts';
import { chartsFrom, monitorFor, windowsFrom } from './adapters/monitor.ts';
import { scriptsFor } from './adapters/scripts.ts';
import type { DrawChart } from './bot/publisher.ts';
import type { DrawWindow } from './bot/report/windows.ts';
import type { CloudConfig } from './config.ts';
import { type Cloud as AppEngine, connectCloud } from './deploy/index.ts';
import { openSources, type Sources } from './deploy/sources/sources.ts';
import { commandRunner } from './host/run-command.ts';
import { connectMonitoring, createProber } from './monitor/index.ts';
import type { Clock } from './plan/clock.ts';
import type { Source } from './rollout/draft.ts';
import type { Hands } from './rollout/effects.ts';
import type { Store } from './rollout/ports.ts';
import { openWindowFiles } from './store/window-files.ts';

/** What a bot does in the project, and what it reads there. */
export interface GoogleSide {
  readonly appEngine: AppEngine;
  readonly sources: Sources;
  readonly hands: Hands;
  readonly drawChart: DrawChart;
  readonly drawWindow: DrawWindow;
}

export interface GoogleSideOptions {
  readonly cloud: Extract<CloudConfig, { kind: 'remote' }>;
  readonly dataDir: string;
  readonly store: Store;
  readonly clock: Clock;
  /** Variables of this process that the team's commands get besides the common ones. */
  readonly commandEnv: readonly string[];
  readonly note: (message: string, details?: object) => void;
  readonly failed: (what: string, error: unknown) => void;
  /** Sources of the rollouts that go on: what was fetched for others may go. */
  readonly needed: () => readonly Exclude<Source, { kind: 'version' }>[];
}

/** App Engine, figures, sources and the team's commands. Nothing is sent before it is asked for. */
export function openGoogleSide(options: GoogleSideOptions): GoogleSide {
  const { dataDir, store, clock, note: log, failed, needed } = options;
  const { project, endpoints } = options.cloud;
  const runCommand = commandRunner(options.commandEnv);
  const appEngine = connectCloud({ project, endpoints, clock, log });
  const monitoring = connectMonitoring({ project, endpoint: endpoints.monitoring, clock, log });
  const prober = createProber({ project, endpoints, clock, runCommand, log });
  const sources = openSources({ folder: join(dataDir, 'sources'), storage: endpoints.storage, needed });
  const kept = keptWindowsFor(openWindowFiles(dataDir), store, clock, failed);
  const scripts = scriptsFor(project, sources, runCommand);
  return {
    appEngine,
    sources,
    hands: {
      cloud: cloudFor(appEngine, store, sources),
      scripts,
      monitor: monitorFor(monitoring, prober, kept, scripts, project, sources),
    },
    drawChart: chartsFrom(monitoring, kept, clock),
    drawWindow: windowsFrom(monitoring),
  };
}
