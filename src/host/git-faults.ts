import type { GitRun } from './git-run.ts';

interface Fault {
  /** In what git, curl or ssh print in English. */
  readonly seen: RegExp;
  /** As it follows the repository's name. */
  readonly says: string;
  readonly todo: string;
}

/** The first that fits counts. */
const FAULTS: readonly Fault[] = [
  {
    seen: /could not read (username|password)|terminal prompts disabled/i,
    says: 'asks for a user and a password',
    todo: 'Set up a credential helper for the account that Sluice runs as (git config --global credential.helper store, say), or name the repository by an ssh address',
  },
  {
    seen: /authentication failed|invalid (username|credentials)|returned error: 40[13]\b|access denied|http basic/i,
    says: 'refuses the credentials that git has for it',
    todo: 'Renew them where git keeps them for the account that Sluice runs as, and see that they may read this repository',
  },
  {
    seen: /host key verification failed/i,
    says: 'has a host key that this machine does not know, or no longer',
    todo: 'As the account that Sluice runs as, connect once with "ssh -T", and compare the key with the one its owner publishes',
  },
  {
    seen: /permission denied \(|too many authentication failures|no supported authentication/i,
    says: 'takes none of the ssh keys of this machine',
    todo: 'Add the public key of the account that Sluice runs as to the repository as a deploy key, for reading only',
  },
  {
    seen: /could not resolve (host|proxy)|name or service not known|temporary failure in name resolution|nodename nor servname/i,
    says: 'cannot be found: no host of that name is known',
    todo: 'Correct the address, or see that this machine can look names up',
  },
  {
    seen: /certificate|ssl_connect|ssl_error|gnutls_handshake|tls connect/i,
    says: 'shows a certificate that this machine does not trust',
    todo: 'Give git the right one (http.sslCAInfo), or correct the address',
  },
  {
    seen: /failed to connect|couldn.t connect|connection (refused|timed out|reset)|no route to host|network is unreachable|no answer came within|remote end hung up|early eof|returned error: 5\d\d|empty reply/i,
    says: 'does not answer',
    todo: 'Check the network of this machine and the address, then try again',
  },
  {
    seen: /couldn.t find remote ref|not our ref|unadvertised object|no such remote ref|reference is not a tree|unable to read tree|remote did not send all|unable to parse commit/i,
    says: 'no longer has that commit',
    todo: 'Its branch was written anew or deleted: release another branch, tag or commit',
  },
  {
    seen: /repository .*not found|does not appear to be a git repository|not a git repository|returned error: (404|410)|no such file or directory|project you were looking for could not be found/i,
    says: 'is not there, or hides from the credentials that git has for it',
    todo: 'Correct the address, or give these credentials the right to read it',
  },
  {
    seen: /could not read from remote repository/i,
    says: 'cannot be read, and ssh does not say why',
    todo: 'As the account that Sluice runs as, try "git ls-remote" with this address by hand',
  },
];

/**
 * One sentence of what was met and one of what to do.
 * @param doing what was tried, as it follows "Could not": "fetch main".
 */
export function sayGitFault(repository: string, doing: string, ran: GitRun & { readonly ok: false }): string {
  if (ran.absent && !/no such file/i.test(ran.why))
    return `Could not ${doing} of ${repository}: there is no git on this machine. Install it, then try again.`;
  const words = wordsOf(ran.why);
  const fault = FAULTS.find(({ seen }) => seen.test(ran.why));
  if (!fault)
    return `Could not ${doing} of ${repository}: git says "${words}". Put that right, then try again.`;
  return `Could not ${doing}: the repository ${repository} ${fault.says} ("${words}"). ${fault.todo}.`;
}

/** The line that matters, which git marks; else the last one. */
function wordsOf(why: string): string {
  const lines = why.split('\n').map((line) => line.trim());
  const marked = lines.filter((line) => /^(fatal|error):/.test(line));
  const line = marked[0] ?? lines.findLast((one) => one !== '') ?? '';
  return line.replace(/^(fatal|error): /, '').replace(/\.$/, '');
}
