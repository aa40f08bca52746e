import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { gaxios } from 'google-auth-library';

/**
 * Sends one request by Node's own client, with the headers, the agent (a proxy, say) and the signal that were prepared
 * for it. For uploads of thousands of small files, of which the streams of node-fetch cost several times as much time
 * as all else. No redirects are followed, and nothing compressed is asked for.
 */
export async function sendPlainly(options: gaxios.GaxiosOptionsPrepared): Promise<gaxios.GaxiosResponse> {
  const { url, method, headers, body, agent, signal } = options;
  const bytes = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
  const at = new URL(url);
  const answer = await new Promise<Answer>((resolve, reject) => {
    const send = at.protocol === 'https:' ? requestHttps : requestHttp;
    const sent = send(at, {
      method,
      headers: { ...Object.fromEntries(headers), 'content-length': bytes.length },
      agent: typeof agent === 'function' ? agent(at) : agent,
      ...(signal && { signal }),
    });
    sent.once('error', reject);
    sent.once('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: pairsOf(response.rawHeaders),
          text: Buffer.concat(chunks).toString(),
        }),
      );
    });
    sent.end(bytes);
  });
  const { text, ...init } = answer;
  // The types let each caller say what the data are; here they are the text, which a stream would only make dearer.
  const data: gaxios.GaxiosResponse['data'] = text;
  return Object.assign(new Response(null, init), { config: options, data });
}

interface Answer {
  readonly status: number;
  readonly headers: [string, string][];
  readonly text: string;
}

function pairsOf(raw: readonly string[]): [string, string][] {
  return raw.flatMap((name, i) => (i % 2 === 0 ? [[name, raw[i + 1] ?? ''] satisfies [string, string]] : []));
}
