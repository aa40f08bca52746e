/** What `sluice deploy` was told. */
export interface DeployOptions {
  readonly service?: string;
  readonly version?: string;
  /** A branch, tag or commit, a zip in a bucket, or an image. */
  readonly from?: string;
  /** Release a version that is on App Engine already. */
  readonly existing?: true;
  readonly runItems?: true;
  readonly wait: boolean;
  /** The key that makes it the same release, however often it is sent. */
  readonly id?: string;
  /** Who releases, for the record. */
  readonly as?: string;
  readonly dryRun?: true;
  readonly json?: true;
}

/**
 * Takes a release through the running bot, or shows what one would deploy.
 * @throws Error with a sentence when it is refused.
 */
export async function deploy(folder: string | undefined, options: DeployOptions): Promise<void> {
  if (!options.dryRun) return (await import('./deploy/drive.ts')).drive(folder, options);
  const { version, from, json } = options;
  if (version === undefined) throw new Error('A dry run needs the id of the new version: --version=ID.');
  const { dryRun } = await import('./deploy/dry-run.ts');
  await dryRun(folder ?? '.', { version, ...(from !== undefined && { image: from }), ...(json && { json }) });
}
