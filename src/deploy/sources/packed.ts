import { CloudError } from '../../google/cloud-error.ts';
import type { AppYaml } from '../app-yaml/read.ts';
import { imageFault } from '../image.ts';

/** What App Engine fetches by itself, so that nothing is uploaded. */
export type Packed =
  | {
      readonly kind: 'zip';
      /** https://storage.googleapis.com/BUCKET/OBJECT. */
      readonly url: string;
      readonly files: number;
    }
  | { readonly kind: 'image'; readonly url: string };

/** The body of the request that makes a version of it, with the settings of app.yaml. */
export function packedBody(version: string, app: AppYaml, packed: Packed): object {
  if (packed.kind === 'image')
    return { id: version, ...app.body, deployment: { container: { image: packed.url } } };
  const build = app.environment === 'flexible' ? { cloudBuildOptions: { appYamlPath: app.file } } : {};
  const zip = { sourceUrl: packed.url, filesCount: packed.files };
  return { id: version, ...app.body, deployment: { zip, ...build } };
}

/** @throws CloudError `invalid` for an image where App Engine takes none, or not this one. */
export function mustSuit(app: AppYaml, packed: Packed): void {
  if (packed.kind !== 'image') return;
  if (app.environment === 'flexible') {
    const fault = imageFault(packed.url);
    if (fault !== undefined) throw new CloudError('invalid', `${fault}.`);
    return;
  }
  throw new CloudError(
    'invalid',
    `App Engine runs container images in the flexible environment only, and ${app.file} in ${app.folder} is for ${app.runtime} in the standard one. Write "env: flex" there, or release a folder.`,
  );
}
