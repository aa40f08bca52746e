/** Everything that the account's roles allow. */
export const CLOUD_PLATFORM = 'https://www.googleapis.com/auth/cloud-platform';
