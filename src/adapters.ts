import { isDeepStrictEqual } from 'node:util';
import type { DrawChart } from './bot/publisher.ts';
import type { Cloud as AppEngine, DeployProgress } from './deploy/index.ts';
import { type Monitoring, renderChart } from './monitor/index.ts';
import type { Clock } from './plan/clock.ts';
import { MINUTE } from './plan/duration.ts';
import { versionsBeside } from './plan/split.ts';
import type { Cloud, Monitor, Store } from './rollout/ports.ts';

/** App Engine as the engine wants it: backups go to the store, sources become deployments. */
export function cloudFor(appEngine: AppEngine, store: Store): Cloud {
  return {
    readSplit: (service, signal) => appEngine.readSplit(service, signal),
    setSplit: (request, hooks) => appEngine.setSplit(request, hooks),
    verify: (request, signal) => appEngine.verify(request, { signal }),

    async backUp(service, rollout, signal) {
      const backup = await appEngine.backUp(service, signal);
      if (!backup.split) {
        const services = await appEngine.listServices(signal);
        throw new Error(`There is no service '${service}' in the project. Known: ${services.join(', ')}.`);
      }
      const name = `backups/${rollout}`;
      await store.writeDocument(name, backup);
      if (!isDeepStrictEqual(await store.readDocument(name), JSON.parse(JSON.stringify(backup)))) {
        throw new Error(
          `The backup ${name} does not read back as it was written. Check the disk of the data folder.`,
        );
      }
      return { split: backup.split, backup: name };
    },

    async deploy({ service, version, source, since, resumed, operation }, hooks) {
      if (source.kind === 'version') {
        const found = await appEngine.findVersion(service, version, hooks.signal);
        if (!found) throw new Error(`Version ${version} of ${service} is gone from App Engine.`);
        return { versionUrl: found.versionUrl, files: 0, uploaded: 0 };
      }
      const request = { service, version, folder: source.path, startedAt: since, resumed };
      const onProgress = (progress: DeployProgress) => hooks.onProgress(sayProgress(progress));
      return appEngine.deploy({ ...request, ...(operation && { operation }) }, { ...hooks, onProgress });
    },
  };
}

const PHASES: Record<DeployProgress['phase'], string> = {
  reading: 'Reading the source.',
  uploading: 'Uploading',
  building: 'App Engine is building it.',
  checking: 'Looking whether it serves.',
};

function sayProgress({ phase, done, total }: DeployProgress): string {
  return phase === 'uploading' ? `${PHASES.uploading} ${done} of ${total} files.` : PHASES[phase];
}

/** The judge as the engine wants it. */
export function monitorFor(monitoring: Monitoring): Monitor {
  return {
    observe: async (request, signal) => (await monitoring.observe(request, signal)).verdict,
  };
}

/** Draws the minutes since the present split came into force. */
export function chartsFrom(monitoring: Monitoring, clock: Clock): DrawChart {
  return async ({ service, version, base, movedAt, terms, live }) => {
    if (movedAt === undefined || !base) return undefined;
    const from = Math.ceil(movedAt / MINUTE) * MINUTE;
    const to = Math.floor((clock.now() - terms.lag) / MINUTE) * MINUTE;
    if (to <= from) return undefined;
    const points = await monitoring.minutes({ service, canary: version, from, to });
    const share = (live?.shares[version] ?? 0) / 10;
    const baseline = versionsBeside(base, version).join(', ') || 'before';
    return renderChart({
      title: `${service}: ${version} at ${share} %`,
      from,
      to,
      canary: version,
      baseline,
      points,
    });
  };
}
