/** Everything that the account's roles allow. */
export const CLOUD_PLATFORM = 'https://www.googleapis.com/auth/cloud-platform';

/** HTTP status of an upload that may go on: Google's own meaning of 308, which is no redirect. */
export const RESUME_INCOMPLETE = 308;
