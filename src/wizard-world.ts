import { randomInt } from 'node:crypto';
import { actorFor } from './bot/people.ts';
import type { Team } from './bot/team/team.ts';
import type { WizardWorld } from './bot/wizard.ts';
import type { Releases } from './control/release.ts';
import { locateApp } from './deploy/config-files.ts';
import { type Cloud as AppEngine, checkVersionId, readAppYaml } from './deploy/index.ts';
import type { Sources } from './deploy/sources/sources.ts';
import { gitState } from './host/git.ts';
import type { Clock } from './plan/clock.ts';
import type { Plan } from './plan/schema.ts';
import { timeLimit } from './plan/time-limit.ts';
import { fillTemplate } from './plan/version-template.ts';
import { releasable } from './releasable.ts';
import type { Source } from './rollout/draft.ts';
import type { Engine } from './rollout/engine.ts';
import type { Guard } from './rollout/guard.ts';
import { termsOf } from './terms.ts';

/** Whoever answers questions does not wait longer for App Engine, nor do their other orders; in real milliseconds. */
const LOOK_MS = 15_000;

/** What the wizard, and whoever releases from a pipeline, ask of App Engine, the plan and the engine. */
export function wizardWorld(
  appEngine: AppEngine,
  plan: Plan,
  clock: Clock,
  engine: Engine,
  team: Pick<Team, 'members'>,
  guard: Guard,
  sources: Sources,
): WizardWorld & Releases {
  return {
    async services() {
      const live = await appEngine.listServices(timeLimit(LOOK_MS));
      const planned = Object.keys(plan.services);
      const missing = planned.find((name) => !live.includes(name));
      if (missing !== undefined) {
        throw new Error(
          `The plan names the service '${missing}', but the project has only ${live.join(', ') || 'none'}. Correct the plan, or deploy the service's first version by hand.`,
        );
      }
      return planned.length > 0 ? planned : live;
    },

    ...releasable(appEngine, plan, sources),

    serviceIn: async (folder) => (await readAppYaml(folder)).service,

    async checkNewVersion(service, version) {
      const broken = checkVersionId(version);
      if (broken !== undefined) return broken;
      const taken = await appEngine.findVersion(service, version, timeLimit(LOOK_MS));
      return taken && `Version ${version} of ${service} exists already. Choose an id that was never used.`;
    },

    async idleVersions(service) {
      const [split, versions] = await Promise.all([
        appEngine.readSplit(service, timeLimit(LOOK_MS)),
        appEngine.listVersions(service, timeLimit(LOOK_MS)),
      ]);
      const idle = versions.filter((v) => v.servingStatus === 'SERVING' && !split?.shares[v.id]);
      return idle.map((v) => v.id);
    },

    async suggestVersion(source) {
      const commit = plan.version.includes('{git}') ? await commitOf(source) : undefined;
      return fillTemplate(plan.version, {
        now: clock.now(),
        zone: plan.zone,
        ...(commit !== undefined && { git: commit }),
      });
    },

    bar: (service) => guard.bar(service, clock.now()),
    rejection: (service, version) => guard.rejectionOf(service, version),

    newId: () =>
      randomInt(36 ** 8)
        .toString(36)
        .padStart(8, '0'),

    termsFor: (service) => termsOf(plan, service),

    async begin(draft, starter) {
      const begun = await engine.begin(draft, actorFor(starter, team.members()));
      return 'refused' in begun ? { refused: begun.refused } : {};
    },
  };
}

async function commitOf(source: Source): Promise<string | undefined> {
  if (source.kind === 'git') return source.commit;
  if (source.kind !== 'folder') return undefined;
  return (await gitState((await locateApp(source.path)).folder))?.commit;
}
