/** A commit of a git repository. */
export interface GitOrigin {
  readonly kind: 'git';
  /** A URL, or the path of a repository on this machine. */
  readonly repository: string;
  /** The branch, tag or commit that was asked for. */
  readonly ref: string;
  /** What it meant then, in full: what is released does not move with the branch. */
  readonly commit: string;
  /** The folder with app.yaml, seen from the repository's root; '.' for the root itself. */
  readonly path: string;
}

/** A zip file in a bucket, which App Engine fetches by itself. */
export interface ZipOrigin {
  readonly kind: 'zip';
  /** gs://BUCKET/OBJECT. */
  readonly url: string;
  /** Cloud Storage's number of what the object held then. */
  readonly generation: string;
  /** The folder whose app.yaml goes with it; absent: the zip has its own. */
  readonly app?: string;
}

/** A container image, for flex. */
export interface ImageOrigin {
  readonly kind: 'image';
  /** With its registry, and with a tag or a digest. */
  readonly url: string;
  /** The folder whose app.yaml goes with it. */
  readonly app: string;
}

/** Where a new version comes from. */
export type Origin = { readonly kind: 'folder'; readonly path: string } | GitOrigin | ZipOrigin | ImageOrigin;

/** "main at 1a2b3c4 of https://…", as it follows "from". */
export function sayOrigin(origin: Origin): string {
  switch (origin.kind) {
    case 'folder':
      return `the folder ${origin.path}`;
    case 'git': {
      const { ref, commit, repository, path } = origin;
      const short = commit.slice(0, 7);
      const at = commit.startsWith(ref) ? `the commit ${short}` : `${ref} at ${short}`;
      return `${at} of ${repository}${path === '.' ? '' : `, folder ${path}`}`;
    }
    case 'zip':
      return origin.url;
    case 'image':
      return `the image ${origin.url}`;
  }
}
