import type { AuthClient } from 'google-auth-library';
import pRetry from 'p-retry';
import { CloudError } from './cloud-error.ts';
import type { Endpoint } from './endpoint.ts';
import { explain } from './explain.ts';

/** One of Google's APIs over REST, with one way to fail: {@link CloudError}. */
export interface Rest {
  readonly endpoint: Endpoint;
  /** Loads Google's authentication when first called, and only then. */
  auth(): Promise<AuthClient>;
  /** What a generated client is built with. REST everywhere: gRPC cannot talk to a local stand-in. */
  clientOptions(): Promise<ClientOptions>;
  /**
   * Runs something that changes nothing at Google, again within two or three seconds when it fails for a passing
   * reason. Longer patience is the caller's, who knows what waits for it; less is that of a `timeLimit` as the signal.
   * @param doing as it follows "Could not": "read service default".
   */
  read<T>(doing: string, run: () => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** Runs something that changes the world, once. Whoever calls finds out what a lost answer meant. */
  write<T>(doing: string, run: () => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** Google's raw JSON, for the answers that the generated clients decode wrongly. To be run inside read or write. */
  json(method: Method, path: string, body?: object): Promise<unknown>;
}

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

export interface ClientOptions {
  readonly fallback: true;
  readonly protocol: 'http' | 'https';
  readonly apiEndpoint: string;
  readonly port: number;
  readonly authClient: AuthClient;
}

/** Long enough for a slow list of 210 versions, short enough to notice a server that hangs. */
const REQUEST_TIMEOUT_MS = 30_000;

export function connectRest(endpoint: Endpoint, timeoutMs = REQUEST_TIMEOUT_MS): Rest {
  let opening: Promise<AuthClient> | undefined;
  let loading: Promise<typeof import('./transport.ts')> | undefined;

  /** Even of what is loaded, an import for each request would cost more than many a request's own work. */
  function transport() {
    loading ??= import('./transport.ts');
    return loading;
  }

  function auth(): Promise<AuthClient> {
    opening ??= transport().then(({ openTransport }) => openTransport(endpoint, timeoutMs));
    // Missing credentials may be there the next time.
    opening.catch(() => {
      opening = undefined;
    });
    return opening;
  }

  async function clientOptions(): Promise<ClientOptions> {
    const { protocol, host, port } = endpoint;
    return { fallback: true, protocol, apiEndpoint: host, port, authClient: await auth() };
  }

  async function write<T>(doing: string, run: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted();
    try {
      if (signal === undefined) return await run();
      const { callSignal } = await transport();
      return await callSignal.run(signal, run);
    } catch (error) {
      signal?.throwIfAborted();
      throw explain(error, doing);
    }
  }

  function read<T>(doing: string, run: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    return pRetry(() => write(doing, run, signal), {
      retries: 3,
      minTimeout: 100,
      factor: 3,
      randomize: true,
      shouldRetry: ({ error }) => error instanceof CloudError && error.retryable,
      ...(signal && { signal }),
    }).catch((error: unknown) => {
      // A caller whose time was over hears a sentence; one that called it off, its own reason.
      throw isOver(signal) && error === signal?.reason ? explain(error, doing) : error;
    });
  }

  async function json(method: Method, path: string, body?: object): Promise<unknown> {
    const client = await auth();
    const response = await client.request<string>({
      url: endpoint.origin + path,
      method,
      responseType: 'text',
      ...(body && { data: body }),
    });
    return JSON.parse(response.data);
  }

  return { endpoint, auth, clientOptions, read, write, json };
}

function isOver(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true && signal.reason instanceof Error && signal.reason.name === 'TimeoutError';
}
