/** Where a role is to be had: on all of the project, or on as little as is needed. */
export type Scope = 'project' | 'bucket' | 'account';

/** What Sluice does at Google, as the role that allows it and the permissions by which it shows. */
export interface Need {
  readonly role: string;
  readonly scope: Scope;
  readonly permissions: readonly string[];
}

/** By https://cloud.google.com/appengine/docs/standard/roles and the reference of IAM's permissions. */
export const NEEDS: readonly Need[] = [
  {
    role: 'roles/appengine.deployer',
    scope: 'project',
    permissions: [
      'appengine.applications.get',
      'appengine.operations.get',
      'appengine.services.get',
      'appengine.services.list',
      'appengine.versions.create',
      'appengine.versions.get',
      'appengine.versions.list',
    ],
  },
  {
    role: 'roles/appengine.serviceAdmin',
    scope: 'project',
    permissions: ['appengine.services.update', 'appengine.versions.update'],
  },
  {
    role: 'roles/storage.objectAdmin',
    scope: 'bucket',
    permissions: ['storage.objects.create', 'storage.objects.get', 'storage.objects.list'],
  },
  {
    role: 'roles/cloudbuild.builds.editor',
    scope: 'project',
    permissions: ['cloudbuild.builds.create', 'cloudbuild.builds.get'],
  },
  { role: 'roles/monitoring.viewer', scope: 'project', permissions: ['monitoring.timeSeries.list'] },
  { role: 'roles/logging.viewer', scope: 'project', permissions: ['logging.logEntries.list'] },
  { role: 'roles/iam.serviceAccountUser', scope: 'account', permissions: ['iam.serviceAccounts.actAs'] },
];

/** No role of App Engine's may change its cron jobs. */
export const CRON_NEED: Need = {
  role: 'roles/cloudscheduler.admin',
  scope: 'project',
  permissions: [
    'cloudscheduler.jobs.create',
    'cloudscheduler.jobs.delete',
    'cloudscheduler.jobs.list',
    'cloudscheduler.locations.list',
  ],
};

/** Sluice changes the routing only where a dispatch.yaml differs from it and somebody says so. */
export const DISPATCH_NEED: Need = {
  role: 'roles/appengine.appAdmin',
  scope: 'project',
  permissions: ['appengine.applications.update'],
};

/** Sluice deletes versions only when somebody has it clean up. */
export const CLEANING_NEED: Need = {
  role: 'roles/appengine.deployer',
  scope: 'project',
  permissions: ['appengine.versions.delete'],
};

/** What the roles are granted on. */
export interface Places {
  readonly project: string;
  /** The staging bucket. */
  readonly bucket: string | undefined;
  /** The account that versions run as. */
  readonly account: string | undefined;
}

/** The command that grants a need's role to `email`, or to whoever is to be filled in. */
export function grantCommand({ role, scope }: Need, places: Places, email: string | undefined): string {
  const binding = `--member=${email ? `serviceAccount:${email}` : 'user:YOUR_ADDRESS'} --role=${role}`;
  if (scope === 'bucket' && places.bucket) {
    return `gcloud storage buckets add-iam-policy-binding gs://${places.bucket} ${binding}`;
  }
  if (scope === 'account' && places.account) {
    return `gcloud iam service-accounts add-iam-policy-binding ${places.account} ${binding}`;
  }
  return `gcloud projects add-iam-policy-binding ${places.project} ${binding}`;
}
