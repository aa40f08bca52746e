/**
 * Says what is wrong with a version id, or nothing. The pattern is the one that gcloud checks before it sends anything;
 * "default" and "latest" are reserved by App Engine, and so is what begins with "ah-".
 */
export function checkVersionId(id: string): string | undefined {
  if (id === 'default' || id === 'latest' || id.startsWith('ah-')) {
    return `The version id "${id}" is reserved by App Engine: take another one.`;
  }
  if (/^(?!-)[a-z\d-]{0,62}[a-z\d]$/.test(id)) return undefined;
  const rule = 'A version id is 1 to 63 lower-case letters, digits and hyphens, with no hyphen first or last';
  if (id.length > 63) return `${rule}; this one has ${id.length} characters: shorten it.`;
  const suggestion = id
    .toLowerCase()
    .replace(/[^a-z\d-]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return `${rule}; "${id}" breaks that.${suggestion === '' ? '' : ` You could write "${suggestion}".`}`;
}
