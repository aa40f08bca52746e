/** What is wrong with an address of a git repository, after its name in a sentence; undefined when nothing is. It ends on the record, so it holds no secret. */
export function faultOfRepository(address: string): string | undefined {
  if (address.startsWith('-') || /\s/.test(address)) return 'is no URL and no path of a repository';
  if (/^(?:https?:\/\/[^/]*@|[a-z+]+:\/\/[^/@]*:[^/@]*@)/i.test(address))
    return 'holds a password, which would stand in every record: leave it to a credential helper or an ssh key';
  if (/^[a-z]+::/i.test(address))
    return 'names a helper of git’s, but only https, ssh, git and paths are taken';
  return undefined;
}
