import * as v from 'valibot';
import { report, wholePercent } from './rules.ts';
import { afterCare } from './schema/after-care.ts';
import { announce } from './schema/announce.ts';
import { backup, validation } from './schema/before.ts';
import { checklist } from './schema/checklist.ts';
import { cleaning } from './schema/cleaning.ts';
import { freeze, inZone } from './schema/freeze-window.ts';
import { approval, shardBy, steps } from './schema/gate.ts';
import { monitoring } from './schema/monitoring.ts';
import { people, type person } from './schema/people.ts';
import { project, region, version, zone } from './schema/place.ts';
import { service, services } from './schema/service.ts';
import { contingency, success } from './schema/success.ts';
import type {
  ChecklistSection,
  Criterion,
  FollowUpStep,
  FreezeWindow,
  OwnCommand,
  PageTest,
  Round,
  Watching,
} from './terms.ts';

// The descriptions, examples and defaults of the parts are what editors, `plan show` and docs/plan.md say.

const fields = v.strictObject(
  {
    project,
    region,
    zone,
    version,
    services,
    people,
    checklist,
    validation,
    backup,
    shardBy,
    steps,
    approval,
    monitoring,
    freeze,
    announce,
    afterCare,
    success,
    contingency,
    cleaning,
  },
  'a map of keys such as people and steps',
);

/** `sluice.yaml`. Whatever it leaves out is as in the built-in plan. */
export const planSchema = v.pipe(
  fields,
  v.rawCheck(({ dataset, addIssue }) => {
    if (dataset.typed) report(addIssue, wholePercent(dataset.value.shardBy, dataset.value.steps));
  }),
  v.transform((plan): Plan => ({ ...plan, freeze: inZone(plan.freeze, plan.zone) })),
);

type Fields = v.InferOutput<typeof fields>;

/** What a team says of its releases, with every default filled in. Durations are milliseconds, steps thousandths. */
export interface Plan
  extends Pick<
    Fields,
    'zone' | 'version' | 'people' | 'shardBy' | 'steps' | 'approval' | 'backup' | 'cleaning'
  > {
  /** If given, it must be the project that Sluice runs for. */
  readonly project?: string;
  /** Where the project's app must be. */
  readonly region?: string;
  readonly services: Readonly<Record<string, ServicePlan>>;
  readonly checklist: readonly ChecklistSection[];
  readonly validation: Fields['validation'];
  readonly monitoring: Watching;
  readonly freeze: readonly FreezeWindow[];
  readonly announce: Fields['announce'];
  readonly afterCare: { readonly at: string; readonly rounds: readonly Round[] };
  readonly success: { readonly after: number; readonly criteria: readonly Criterion[] };
  readonly contingency: readonly FollowUpStep[];
}

/** What the plan says of one service. */
export interface ServicePlan {
  /** Seen from the repository's root, if there is one. */
  readonly source: string;
  readonly repository?: string;
  readonly ref?: string;
  readonly smoke: readonly PageTest[];
  readonly verify: readonly OwnCommand[];
  /** Seen from the source folder. Absent: cron.yaml, if it is there. */
  readonly cron?: string;
}

export type Role = 'operator' | 'approver';
export type Member = v.InferOutput<typeof person>;

/** What the plan says of a service, or what holds for one that it does not name. */
export function serviceOf(plan: Pick<Plan, 'services'>, name: string): ServicePlan {
  const said = Object.hasOwn(plan.services, name) ? plan.services[name] : undefined;
  return said ?? v.parse(service, {});
}
