export const VERSION_ID_RULE =
  '1 to 63 lower-case letters, digits and hyphens, with no hyphen first or last, and neither default nor latest nor begun with ah-';

/** Whether App Engine takes it; gcloud checks the same pattern before it sends anything. */
export function isVersionId(id: string): boolean {
  return /^(?!-|ah-|default$|latest$)[a-z\d-]{0,62}[a-z\d]$/.test(id);
}
