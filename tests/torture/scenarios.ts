import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ADA, BEN } from './world.ts';

/** What somebody does in the chat, and by what it is known to have come through. */
export type Act = {
  /** In what the chat shows, buttons included, once the act has come through. */
  readonly until: RegExp;
} & (
  | { readonly who: number; readonly press: string }
  | {
      readonly who: number;
      readonly send: string;
      /** The message that is replied to: the newest with these words. */
      readonly to?: RegExp;
    }
  /** Time passes, so many times as fast as life until then. */
  | { readonly speed: number }
);

export interface Scenario {
  readonly name: string;
  /** sluice.yaml; APP stands for the folder of the app. */
  readonly plan: string;
  /** Made to the app before it is released. */
  readonly change?: (app: string) => Promise<void>;
  readonly acts: readonly Act[];
  /** Before this act the bot is left alone: what comes before is another scenario's. */
  readonly from: number;
}

const COMMON = `people:
  - { id: ${ADA}, name: Ada, roles: [ operator, approver ] }
  - { id: ${BEN}, name: Ben, roles: [ approver ] }
version: v2
services: { default: { source: APP, smoke: [ { path: /healthz } ] } }
validation: { checks: [ permissions, region, service, versions, bucket, files ] }
monitoring: { lag: 0s, figures: false, commands: [ { name: fine, run: 'true' } ] }
`;
const NO_CHECKLIST = 'checklist: []\n';
const NO_CARE = 'afterCare: { rounds: [] }\nsuccess: { criteria: [] }\n';
const ONE_STEP = 'steps: [ { traffic: 100 %, watch: 0s } ]\n';
const LONG = 'steps: [ { traffic: 50 %, watch: 6d }, { traffic: 100 %, watch: 0s } ]\n';
const PATIENT = 'approval: { expires: 7d }\n';

const BEGIN: readonly Act[] = [
  { who: ADA, send: '/deploy', until: /what is to be released/ },
  { who: ADA, press: 'The folder', until: /\[v2\]/ },
  { who: ADA, press: 'v2', until: /\[Start/ },
];

function start(until: RegExp): readonly Act[] {
  return [...BEGIN, { who: ADA, press: 'Start', until }];
}

function promote(share: string, until: RegExp): Act {
  return { who: BEN, press: `Promote to ${share} %`, until };
}

/** The stories of the matrix. Nothing in them hangs on chance: windows are judged by a command alone. */
export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'rollout',
    plan: `${COMMON}${NO_CARE}${PATIENT}checklist: [ { title: Only one, items: [ It is ready ] } ]
steps: [ { traffic: 10 %, watch: 1m }, { traffic: 50 %, watch: 1m }, { traffic: 100 %, watch: 0s } ]
`,
    acts: [
      ...start(/\[Tick all/),
      { who: ADA, press: 'Tick all', until: /from 0 % to 10 %\?/ },
      promote('10', /from 10 % to 50 %\?/),
      promote('50', /from 50 % to 100 %\?/),
      promote('100', /is done/),
    ],
    from: 0,
  },
  {
    name: 'rollback, cron jobs with it',
    plan: `${COMMON}${NO_CARE}${PATIENT}${NO_CHECKLIST}${LONG}`,
    change: slowerCron,
    acts: [
      ...start(/may the cron jobs change/),
      { who: BEN, press: 'Apply', until: /from 0 % to 50 %\?/ },
      promote('50', /Watching at 50 %/),
      { who: ADA, send: '/rollback Errors', until: /\[Yes, roll back now/ },
      { who: BEN, press: 'Yes, roll back now', until: /is rolled back/ },
    ],
    from: 4,
  },
  {
    name: 'rollback from the open question',
    plan: `${COMMON}${NO_CARE}${PATIENT}${NO_CHECKLIST}steps: [ { traffic: 50 %, watch: 1m }, { traffic: 100 %, watch: 0s } ]\n`,
    acts: [
      ...start(/from 0 % to 50 %\?/),
      promote('50', /from 50 % to 100 %\?/),
      { who: BEN, press: 'Roll back…', until: /\[Yes, roll back now/ },
      { who: BEN, press: 'Yes, roll back now', until: /is rolled back/ },
    ],
    from: 5,
  },
  {
    name: 'approval of two, put off once',
    plan: `${COMMON}${NO_CARE}${NO_CHECKLIST}${ONE_STEP}approval: { expires: 7d, needed: 2, twoPerson: false, hold: 15m }\n`,
    acts: [
      ...start(/from 0 % to 100 %\?/),
      { who: ADA, press: 'Promote to 100 %', until: /Ada said yes/ },
      promote('100', /is done/),
    ],
    from: 4,
  },
  {
    name: 'checklist',
    plan: `${COMMON}${NO_CARE}${PATIENT}${ONE_STEP}checklist:
  - { title: Only one, items: [ It is ready, { text: It runs, run: 'true' }, It is gold, It is left open ] }
`,
    acts: [
      ...start(/\[Tick all/),
      { who: ADA, press: '⬜ 1', until: /✅ 1\. It is ready/ },
      { who: ADA, press: '▶️ Run 2', until: /✅ 2\. It runs/ },
      { who: ADA, press: 'Note', until: /your note, or a photo/ },
      { who: ADA, send: '1 Looked at twice.', to: /your note, or a photo/, until: /📝 Looked at twice\./ },
      { who: BEN, press: 'Does not apply', until: /which item does not apply/ },
      {
        who: BEN,
        send: '3 We trade none.',
        to: /which item does not apply/,
        until: /does not apply: We trade/,
      },
      { who: ADA, send: '/cancel', until: /is cancelled/ },
    ],
    from: 4,
  },
  {
    name: 'after-care',
    plan: `${COMMON}${PATIENT}${NO_CHECKLIST}${ONE_STEP}afterCare:
  rounds: [ { name: Hourly, every: hour, for: 1h, checks: [ { name: health, kind: page, path: /healthz } ], tasks: [ Look at the log ] } ]
success: { after: 2h, criteria: [ { text: The notifications are clear, checks: [] } ] }
contingency: []
`,
    acts: [
      ...start(/from 0 % to 100 %\?/),
      promote('100', /is done/),
      { speed: 3_600, until: /Hourly look 1 of 1/ },
      { who: ADA, press: 'Done', until: /✅ 1\. Look at the log Ada/ },
      { speed: 3_600, until: /Is default v2 a success\?/ },
      { who: ADA, press: 'Met', until: /is a success\./ },
    ],
    from: 4,
  },
];

async function slowerCron(app: string): Promise<void> {
  const path = join(app, 'cron.yaml');
  const yaml = await readFile(path, 'utf8');
  const slower = yaml.replace('every 10 minutes', 'every 20 minutes');
  if (slower === yaml) throw new Error(`${path} has no 'every 10 minutes' to slow down.`);
  await writeFile(path, slower);
}
