import type { Endpoint } from './endpoint.ts';
import { explain } from './explain.ts';
import { CLOUD_PLATFORM } from './scope.ts';

export interface Account {
  /** Of a service account; people's credentials do not say whose they are. */
  readonly email?: string;
}

/**
 * The account behind the application default credentials, once they have given a token.
 * @returns undefined for an endpoint on this machine, which gets no credential.
 * @throws CloudError `credentials` when there are none or they no longer count.
 */
export async function findAccount(endpoint: Endpoint): Promise<Account | undefined> {
  if (endpoint.local) return undefined;
  const { GoogleAuth } = await import('google-auth-library');
  const auth = new GoogleAuth({ scopes: [CLOUD_PLATFORM] });
  try {
    await auth.getAccessToken();
    const { client_email: email } = await auth.getCredentials();
    return email ? { email } : {};
  } catch (error) {
    throw explain(error, 'get a token from the application default credentials');
  }
}
