import { AsyncLocalStorage } from 'node:async_hooks';
import { Readable } from 'node:stream';
import { type AuthClient, GoogleAuth, type gaxios, PassThroughClient } from 'google-auth-library';
import { timeLimit } from '../plan/time-limit.ts';
import { type Outcome, tellAnswer } from './answers.ts';
import type { Endpoint } from './endpoint.ts';
import { readFault } from './fault.ts';
import { CLOUD_PLATFORM, RESUME_INCOMPLETE } from './scope.ts';

/**
 * Signal of the call under way. Google's generated clients take none, so it reaches the socket around them.
 */
export const callSignal = new AsyncLocalStorage<AbortSignal>();

/**
 * Every request to Google leaves through here, of the generated clients and of ours. The clients' own handling of
 * failures over REST is off: with the transport's errors they see HTTP numbers where they expect gRPC's, never retry,
 * and ignore time limits (google-gax 5.0). Here an answer that is no success becomes an {@link HttpFault}, whatever
 * its body, and every request has a limit.
 */
class Transport extends PassThroughClient {
  readonly #api: string;
  readonly #client: AuthClient;
  readonly #timeoutMs: number;

  constructor(api: string, client: AuthClient, timeoutMs: number) {
    super();
    this.#api = api;
    this.#client = client;
    this.#timeoutMs = timeoutMs;
  }

  override async request<T>(options: gaxios.GaxiosOptions): Promise<gaxios.GaxiosResponse<T>> {
    const limit = timeLimit(this.#timeoutMs);
    const signals = [limit, callSignal.getStore(), options.signal].filter((s) => s instanceof AbortSignal);
    const response = await this.#client
      .request<T>({
        adapter: withHeardBody,
        ...options,
        retry: false,
        // A 401 stays an error of the transport's: that is how an expired token gets renewed.
        validateStatus: (status) => status !== 401,
        signal: AbortSignal.any(signals),
      })
      .catch((error: unknown) => {
        if (limit.aborted || !signals.some((signal) => signal.aborted))
          tellAnswer({ api: this.#api, outcome: limit.aborted ? 'timeout' : outcomeOf(error) });
        // What comes wrapped as "aborted" is told apart here: ours is a server that does not answer.
        throw limit.aborted ? limit.reason : error;
      });
    tellAnswer({ api: this.#api, outcome: response.status });
    if (!response.ok && response.status !== RESUME_INCOMPLETE)
      throw readFault(response.status, await bodyText(response));
    return response;
  }
}

/**
 * The body of a request that is aborted before it begins gets destroyed with an error (node-fetch 3). Of a stream that
 * is heard; of a text or a buffer it would end the process.
 */
function withHeardBody<T>(
  options: gaxios.GaxiosOptionsPrepared,
  send: (options: gaxios.GaxiosOptionsPrepared) => gaxios.GaxiosPromise<T>,
): gaxios.GaxiosPromise<T> {
  const { body, headers } = options;
  if (typeof body !== 'string' && !Buffer.isBuffer(body)) return send(options);
  const bytes = Buffer.from(body);
  headers.set('content-length', String(bytes.length));
  // A stream of Node's, which node-fetch takes although the web's types do not know it.
  return send(Object.assign({}, options, { body: Readable.from([bytes]) }));
}

/** Of a request that was thrown. The API itself only throws a 401; any other status is of whoever gives the tokens. */
function outcomeOf(error: unknown): Outcome {
  if (!(error instanceof Error)) return 'lost';
  if ('status' in error && typeof error.status === 'number')
    return error.status === 401 ? 401 : 'credentials';
  return 'code' in error ? 'lost' : 'credentials';
}

async function bodyText(response: gaxios.GaxiosResponse<unknown>): Promise<string> {
  if (typeof response.data === 'string') return response.data;
  return response.bodyUsed ? JSON.stringify(response.data) : response.text();
}

/**
 * @param timeoutMs limit of one request, in real milliseconds.
 * @returns for an endpoint on this machine a client without credentials, else the application default credentials.
 */
export async function openTransport(endpoint: Endpoint, timeoutMs: number): Promise<AuthClient> {
  const { api } = endpoint;
  if (endpoint.local) return new Transport(api, new PassThroughClient(), timeoutMs);
  const auth = new GoogleAuth({ scopes: [CLOUD_PLATFORM] });
  const client = await auth.getClient().catch((error: unknown) => {
    tellAnswer({ api, outcome: 'credentials' });
    throw error;
  });
  return new Transport(api, client, timeoutMs);
}
