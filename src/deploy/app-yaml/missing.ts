import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { CloudError } from '../../google/cloud-error.ts';

/** What gcloud writes for Java where there is no app.yaml. */
const JAVA = '"runtime: java21" and "instance_class: F2", as gcloud would';

/** What to do about a place that has no app.yaml. Of Java's there are several that gcloud makes one for. */
export async function missingAppYaml(place: string): Promise<CloudError> {
  return new CloudError('invalid', await sentence(place));
}

async function sentence(place: string): Promise<string> {
  const has = async (...path: string[]) =>
    (await stat(join(place, ...path)).catch(() => undefined))?.isFile();
  if (/\.jar$/i.test(place)) {
    return `${place} is a JAR, and Sluice takes folders: put it into one, with the JARs that its Class-Path names, and an app.yaml of ${JAVA}.`;
  }
  if (/\.war$/i.test(place)) return `${place} is a WAR, and Sluice takes folders. ${STAGE}`;
  if (basename(place) === 'appengine-web.xml') return `${place} is no app.yaml. ${STAGE}`;
  if (await has('WEB-INF', 'appengine-web.xml')) {
    return `${place} has an appengine-web.xml instead of an app.yaml. ${STAGE}`;
  }
  for (const build of ['pom.xml', 'build.gradle']) {
    if (!(await has(build)) && basename(place) !== build) continue;
    const own = 'src/main/appengine/app.yaml';
    const write = (await has(own)) ? `copy ${own} to the top` : `write one beside ${build}, of ${JAVA}`;
    return `There is no app.yaml in ${place}: ${write}, and App Engine builds it from its source.`;
  }
  return `There is no app.yaml in ${place}: name the folder that holds it, or write one ("runtime: nodejs22" is enough).`;
}

const STAGE =
  'Let Google\'s plugin make an app.yaml of it, by "mvn package appengine:stage" or "gradle appengineStage", and name the folder that it fills: target/appengine-staging or build/staged-app.';
