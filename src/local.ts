import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Config, Endpoints } from './config.ts';
import { loadPlan } from './plan/load.ts';
import type { Member, Plan } from './plan/schema.ts';
import type { Person, Sandbox, SandboxOptions } from './sandbox/index.ts';
import { holdFolder } from './store/lock.ts';

/** Who one can be on the page, where the plan names nobody. */
const TEAM: readonly Member[] = [
  { id: 1001, name: 'Ada', roles: ['operator'] },
  { id: 1002, name: 'Ben', roles: ['approver'] },
];
const BYSTANDER: Member = { id: 1003, name: 'Cleo', roles: [] };

/** The app that the sandbox serves from the start, and that a newcomer releases. */
export const SAMPLE_APP = fileURLToPath(new URL('../examples/signals', import.meta.url));

/**
 * What a newcomer plays: the plan that lies beside the sample app, with its source where it is seen from here. Short in
 * messages where Sluice runs in its own checkout.
 */
export async function samplePlan(): Promise<Plan> {
  const plan = await loadPlan(join(SAMPLE_APP, 'sluice.yaml'), { optional: false });
  return { ...plan, services: samples(plan.services) };
}

/** The plan's services, and the sample app where it names none. */
export async function localServices(plan: Plan): Promise<Plan['services']> {
  return Object.keys(plan.services).length > 0 ? plan.services : (await samplePlan()).services;
}

function samples(services: Plan['services']): Plan['services'] {
  const near = relative(process.cwd(), SAMPLE_APP);
  const source = near.startsWith('..') ? SAMPLE_APP : near;
  return Object.fromEntries(
    Object.entries(services).map(([name, service]) => [name, { ...service, source }]),
  );
}

/** People of the local chat: the plan's, or a small team, with a bystander. */
export function localPeople(planned: readonly Member[]): readonly Member[] {
  return [...(planned.length > 0 ? planned : TEAM), BYSTANDER];
}

/** The base URLs under which Google's APIs are found in the sandbox, as gcloud's overrides spell them. */
export function localEndpoints(url: string): Required<Endpoints> {
  const base = `${url}/`;
  return {
    appengine: base,
    monitoring: base,
    logging: base,
    storage: `${base}storage/v1/`,
    cloudscheduler: base,
    cloudresourcemanager: base,
    iam: base,
  };
}

/** What may be other than the configuration says. */
export type LocalWishes = Partial<
  Pick<SandboxOptions, 'dataDir' | 'port' | 'speed' | 'app' | 'bot' | 'telegram'>
>;

/** Starts the stand-ins for whatever the configuration does not name. */
export async function startLocal(
  config: Config,
  people: readonly Member[],
  parts: { readonly telegram: boolean; readonly appEngine: boolean },
  log: (line: string) => void,
  wishes: LocalWishes = {},
): Promise<Sandbox> {
  const { startSandbox } = await import('./sandbox/index.ts');
  const { dataDir = `${config.dataDir}/sandbox` } = wishes;
  const hold = await holdFolder(dataDir);
  const sandbox = await startSandbox({
    port: config.port,
    speed: parts.appEngine ? config.speed : 1,
    people: people.map(toPerson),
    app: SAMPLE_APP,
    parts,
    log,
    ...wishes,
    dataDir,
  });
  return {
    ...sandbox,
    async close() {
      await sandbox.close();
      hold.release();
    },
  };
}

function toPerson({ id, name, roles }: Member): Person {
  return { id, firstName: name, username: name.toLowerCase().replace(/\W+/g, '_'), roles };
}

/** Where the stand-ins of a sandbox are. */
type Whereabouts = Pick<Sandbox, 'telegram'> & {
  readonly appEngine?: Pick<NonNullable<Sandbox['appEngine']>, 'url' | 'project'>;
};

/** What a shell needs so that gcloud, and a bot of its own, use this sandbox. */
export function exportLines({ appEngine, telegram }: Whereabouts): string[] {
  const lines: [string, string][] = [];
  if (appEngine) {
    const { url, project } = appEngine;
    lines.push(['GOOGLE_CLOUD_PROJECT', project], ['CLOUDSDK_CORE_PROJECT', project]);
    for (const [name, base] of Object.entries(localEndpoints(url))) {
      lines.push([`CLOUDSDK_API_ENDPOINT_OVERRIDES_${name.toUpperCase()}`, base]);
    }
    for (const name of ['SERVICEUSAGE', 'SERVICEMANAGEMENT', 'CLOUDBUILD', 'CLOUDTASKS', 'DATASTORE']) {
      lines.push([`CLOUDSDK_API_ENDPOINT_OVERRIDES_${name}`, `${url}/`]);
    }
    lines.push(['CLOUDSDK_AUTH_DISABLE_CREDENTIALS', '1'], ['CLOUDSDK_CORE_DISABLE_PROMPTS', '1']);
  }
  if (telegram) {
    const { url, token, chat } = telegram;
    lines.push(['TELEGRAM_API_ROOT', url], ['TELEGRAM_BOT_TOKEN', token], ['TELEGRAM_CHAT_ID', String(chat)]);
    lines.push(['SLUICE_SANDBOX', url]);
  }
  return lines.map(([name, value]) => `export ${name}=${value}`);
}
