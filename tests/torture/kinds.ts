/** What a request is, in the words of the API that it goes to; undefined for what is no call of one. */
export function kindOfRequest(method: string, url: string): string | undefined {
  const path = decodeURIComponent(url.split('?')[0] ?? '');
  const telegram = /^\/bot[^/]+\/(\w+)$/.exec(path)?.[1];
  if (telegram) return `telegram ${telegram}`;
  if (/^\/(resumable\/)?(upload|storage|download)\//.test(path)) {
    return `storage ${method === 'GET' ? 'read' : 'write'}`;
  }
  const scheduler = /^\/v1\/projects\/[^/]+\/locations\/[^/]+\/jobs/.test(path);
  if (scheduler) return `scheduler jobs.${verb(method)}`;
  const admin = /^\/v1\w*\/apps\/[^/]+(?:\/(\w+)(?:\/[^/]+(?:\/(\w+))?)?)?/.exec(path);
  if (admin) return `admin ${admin[2] ?? admin[1] ?? 'apps'}.${verb(method)}`;
  return undefined;
}

function verb(method: string): string {
  return { GET: 'get', POST: 'create', PATCH: 'patch', DELETE: 'delete' }[method] ?? method.toLowerCase();
}

/** What a file of the data folder is. */
export function kindOfFile(path: string): string {
  const [top = '', second = ''] = path.split('/');
  if (top === 'rollouts')
    return second === 'live' ? 'journal' : second === 'past' ? 'closed journal' : second;
  return top;
}
