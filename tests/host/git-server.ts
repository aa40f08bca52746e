import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** Whether the git of this machine can serve over http. */
export const canServe = existsSync(
  join(execFileSync('git', ['--exec-path'], { encoding: 'utf8' }).trim(), 'git-http-backend'),
);

interface Rules {
  /** "user:password" that is asked for. */
  readonly login?: string;
  /** Says of a request to the protocol whether it shall wait for ever. */
  holds?(): boolean;
}

export interface GitServer {
  readonly url: string;
  /** What was asked for: "POST /app/git-upload-pack", with the words of the protocol that were sent. */
  readonly seen: { readonly request: string; readonly body: string }[];
  /** Resolves when a request is held, with a promise of its connection's end. */
  readonly held: Promise<{ readonly gone: Promise<void> }>;
}

/** The repositories of a folder over http, by git's own program, as a CGI. */
export async function serveGit(root: string, rules: Rules = {}): Promise<GitServer> {
  const seen: GitServer['seen'] = [];
  let tellHeld: (held: { gone: Promise<void> }) => void = () => {};
  const held = new Promise<{ gone: Promise<void> }>((resolve) => {
    tellHeld = resolve;
  });
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const [path = ''] = (request.url ?? '').split('?');
    seen.push({ request: `${request.method} ${path}`, body: body.toString('latin1') });
    const given = request.headers.authorization?.replace(/^Basic /, '') ?? '';
    if (rules.login !== undefined && Buffer.from(given, 'base64').toString() !== rules.login) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
      return;
    }
    if (request.method === 'POST' && rules.holds?.()) {
      tellHeld({ gone: new Promise((resolve) => response.once('close', () => resolve())) });
      return;
    }
    answer(root, request, body, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen, held };
}

function answer(root: string, request: IncomingMessage, body: Buffer, response: ServerResponse): void {
  const [path = '', query = ''] = (request.url ?? '').split('?');
  const { headers } = request;
  const child = spawn('git', ['http-backend'], {
    env: {
      PATH: process.env.PATH ?? '',
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      GIT_CONFIG_NOSYSTEM: '1',
      HOME: root,
      REQUEST_METHOD: request.method ?? '',
      PATH_INFO: path,
      QUERY_STRING: query,
      CONTENT_TYPE: headers['content-type'] ?? '',
      CONTENT_LENGTH: String(body.length),
      HTTP_CONTENT_ENCODING: headers['content-encoding'] ?? '',
      HTTP_GIT_PROTOCOL: String(headers['git-protocol'] ?? ''),
      REMOTE_ADDR: '127.0.0.1',
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  // A program that ends before it has read everything is no trouble of the test's.
  child.stdin.on('error', () => {});
  child.stdin.end(body);
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.once('close', () => {
    const all = Buffer.concat(chunks);
    const end = all.indexOf('\r\n\r\n');
    const lines = all.subarray(0, end).toString().split('\r\n');
    const pairs = lines.map((line) => line.split(/: (.*)/s, 2) as [string, string]);
    const status = pairs.find(([name]) => name === 'Status')?.[1] ?? '200';
    response.writeHead(
      Number.parseInt(status, 10),
      pairs.flatMap(([name, value]) => (name === 'Status' ? [] : [name, value])),
    );
    response.end(all.subarray(end + 4));
  });
}
