/** A registry's host, a name, and a tag or digest if it has one. */
const IMAGE = /^(?:[a-z\d-]+\.)+[a-z]{2,}(?::\d+)?\/[\w./-]+(?::[\w.-]+)?(?:@sha256:[0-9a-f]{64})?$/;
/** Google's registries, which alone App Engine fetches from; gcloud has the same list, region by region. */
const REGISTRY =
  /^(?:(?:(?:us|eu|asia)\.)?gcr\.io|[a-z\d-]+-docker\.pkg\.dev|docker\.[a-z\d-]+\.rep\.pkg\.dev)\//;

/** Whether a word is written like a container image. */
export function isImage(word: string): boolean {
  return IMAGE.test(word);
}

/** What is wrong with an image for App Engine, or nothing. */
export function imageFault(url: string): string | undefined {
  if (REGISTRY.test(url)) return undefined;
  return `App Engine takes images of Google's registries only, such as us-docker.pkg.dev/PROJECT/REPOSITORY/IMAGE, and ${url} is none: push it there`;
}
