import { execFileSync } from 'node:child_process';

/** Whether the CLI is installed here; whoever needs it says so and skips. */
export function hasGcloud(): boolean {
  try {
    execFileSync('gcloud', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/**
 * The environment in which gcloud takes the server at `url` for Google.
 * @param apis as its overrides spell them; storage always goes there.
 * @param config a folder of its own for what it keeps.
 */
export function gcloudEnvironment(url: string, apis: readonly string[], config: string): NodeJS.ProcessEnv {
  const overrides = apis.map((api) => [`CLOUDSDK_API_ENDPOINT_OVERRIDES_${api}`, `${url}/`]);
  return {
    ...process.env,
    ...Object.fromEntries(overrides),
    CLOUDSDK_API_ENDPOINT_OVERRIDES_STORAGE: `${url}/storage/v1/`,
    CLOUDSDK_AUTH_DISABLE_CREDENTIALS: '1',
    CLOUDSDK_CONFIG: config,
    CLOUDSDK_CORE_DISABLE_PROMPTS: '1',
    CLOUDSDK_CORE_DISABLE_USAGE_REPORTING: '1',
    CLOUDSDK_CORE_PROJECT: 'demo',
  };
}
