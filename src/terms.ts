import { type Plan, serviceOf } from './plan/schema.ts';
import type { Terms } from './rollout/draft.ts';

/** What the plan says for a rollout of a service that begins now. */
export function termsOf(plan: Plan, service: string): Terms {
  const { source, repository, smoke, verify, cron } = serviceOf(plan, service);
  return {
    // A folder of a repository is not here.
    home: repository === undefined ? source : '.',
    steps: plan.steps,
    shardBy: plan.shardBy.toUpperCase() as Terms['shardBy'],
    checklist: plan.checklist,
    validation: { ...plan.validation, ...(plan.region !== undefined && { region: plan.region }) },
    clone: plan.backup.clone,
    ...(cron !== undefined && { cron }),
    smoke,
    verify,
    approval: plan.approval,
    watching: plan.monitoring,
    announce: plan.announce,
    afterCare: { ...plan.afterCare, zone: plan.zone },
    success: plan.success,
    contingency: plan.contingency,
  };
}
