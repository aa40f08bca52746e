import type { CloudErrorKind } from './cloud-error.ts';

/** A failure of Google's by its words, and what to do about it. */
export interface Known {
  readonly seen: RegExp;
  readonly kind: CloudErrorKind;
  readonly advice: string;
  readonly retryable?: true;
}

/** Failures that people meet often enough to deserve their own advice. The first that fits counts. */
export const KNOWN: readonly Known[] = [
  {
    seen: /operation is already in progress|is the subject of a conflict/i,
    kind: 'conflict',
    advice: 'Another operation holds this resource; wait until it has ended',
    retryable: true,
  },
  {
    seen: /may not have more than \d+ versions/i,
    kind: 'quota',
    advice:
      'Delete versions that have no traffic and are nobody’s way back: /versions clean in the chat proposes them',
  },
  {
    seen: /too many files/i,
    kind: 'invalid',
    advice: 'List what the app does not need in .gcloudignore',
  },
  {
    seen: /permission to act as|iam\.serviceAccounts\.actAs/i,
    kind: 'permission',
    advice:
      'Grant the role Service Account User (roles/iam.serviceAccountUser) on that service account to the account that Sluice runs as',
  },
  {
    seen: /invalid bucket|failed to create cloud build|artifactregistry\.\S+.*denied|denied.*artifactregistry/i,
    kind: 'permission',
    advice:
      'The build’s service account needs storage.objectViewer on the staging bucket, artifactregistry.writer and logging.logWriter',
  },
  {
    seen: /cloudscheduler\.[a-z]+\.[a-z]+/i,
    kind: 'permission',
    advice:
      'Grant the role Cloud Scheduler Admin (roles/cloudscheduler.admin) on the project to the account that Sluice runs as: no role of App Engine’s may change cron jobs',
  },
  {
    seen: /specified bucket does not exist/i,
    kind: 'not-found',
    advice:
      'Correct the bucket’s name; if it is the staging bucket, run "gcloud beta app repair", which makes it anew',
  },
  {
    seen: /permission to access app\b.*may not exist/i,
    kind: 'permission',
    advice:
      'Check GOOGLE_CLOUD_PROJECT; if it is right, grant App Engine Deployer (roles/appengine.deployer) on the project to the account that Sluice runs as',
  },
  {
    seen: /does not have (storage\.|access)/i,
    kind: 'permission',
    advice:
      'Grant the role Storage Object Admin (roles/storage.objectAdmin) on that bucket to the account named here',
  },
  {
    seen: /cloud build \S+ status: (failure|timeout|expired|internal_error)/i,
    kind: 'failed',
    advice: 'The build itself failed: its log says where',
  },
  {
    seen: /unable to retrieve P4SA/i,
    kind: 'failed',
    advice: 'App Engine’s own account is not ready in this project yet: try again in some minutes',
  },
  {
    seen: /billing (must|is not|has not|account).*(enabled|disabled|closed)|BILLING_DISABLED/i,
    kind: 'permission',
    advice: 'Link an open billing account to the project, then try again',
  },
  {
    seen: /has not been used in project|API .* is (disabled|not enabled)|SERVICE_DISABLED/i,
    kind: 'permission',
    advice: 'Enable the API named here in the project, wait a few minutes, then try again',
  },
  {
    seen: /could not (load|find) (the )?default credentials|credential file|GOOGLE_APPLICATION_CREDENTIALS|does not exist, or it is not a file/i,
    kind: 'credentials',
    advice:
      'Run "gcloud auth application-default login", or set GOOGLE_APPLICATION_CREDENTIALS to a key file’s path',
  },
  {
    seen: /invalid_grant|reauth related error|invalid_rapt/i,
    kind: 'credentials',
    advice: 'The credentials have expired: run "gcloud auth application-default login" again',
  },
  {
    seen: /timed out waiting.*(healthy|infrastructure|provision)/i,
    kind: 'failed',
    advice: 'The app did not become healthy in time: look at its start-up logs',
  },
  {
    seen: /an internal error occurred|^\[?13\]?\b/i,
    kind: 'failed',
    advice:
      'Google gave no cause. Look at the build’s log in Cloud Build; often a role of the build’s service account is missing',
  },
];
