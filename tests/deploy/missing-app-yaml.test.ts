import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { readAppYaml } from '../../src/deploy/index.ts';
import { temporaryFolder } from './local-app-engine.ts';

it.each([
  [['main.py'], '', /no app\.yaml in .*: name the folder that holds it, or write one/],
  [['app.jar'], 'app.jar', /app\.jar is a JAR, and Sluice takes folders: .*"runtime: java21"/],
  [['app.war'], 'app.war', /app\.war is a WAR, .*"mvn package appengine:stage"/],
  [
    ['WEB-INF/appengine-web.xml'],
    '',
    /has an appengine-web\.xml instead of an app\.yaml\. .*target\/appengine-staging/,
  ],
  [['WEB-INF/appengine-web.xml'], 'WEB-INF/appengine-web.xml', /is no app\.yaml\. .*build\/staged-app/],
  [['pom.xml'], '', /no app\.yaml in .*: write one beside pom\.xml, of "runtime: java21"/],
  [['build.gradle', 'src/main/appengine/app.yaml'], '', /: copy src\/main\/appengine\/app\.yaml to the top/],
])('without app.yaml, %j says what to do', async (files, named, sentence) => {
  const folder = await temporaryFolder();
  for (const path of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), '');
  }
  await expect(readAppYaml(join(folder, named))).rejects.toThrow(sentence);
});
