/** What the team's commands are told of a rollout, as variables of their environment. docs/scripts.md says from when on. */
export const VARIABLES = [
  'PROJECT_ID',
  'REGION',
  'SERVICE',
  'VERSION',
  'PREVIOUS_VERSION',
  'VERSION_URL',
  'TRAFFIC',
  'DURATION',
  'REASON',
  'ROLLOUT',
] as const;
export type Variable = (typeof VARIABLES)[number];
