import { type Cloud, connectCloud, type DeployProgress } from '../../src/deploy/index.ts';
import type { Clock } from '../../src/plan/clock.ts';
import type { AppEngine } from '../../src/sandbox/app-engine/index.ts';
import { localAppEngine } from './local-app-engine.ts';
import { passOn, type Reply, type Seen, scriptedServer } from './scripted-server.ts';

export type Meddle = (request: Seen, pass: () => Promise<Reply>) => Reply | Promise<Reply>;

/** All of Google's APIs under one base URL, as gcloud's overrides spell them. */
export function endpointsAt(url: string) {
  return {
    appengine: `${url}/`,
    logging: `${url}/`,
    storage: `${url}/storage/v1/`,
    cloudscheduler: `${url}/`,
    cloudresourcemanager: `${url}/`,
    iam: `${url}/`,
  };
}

interface Meddled {
  readonly appEngine: AppEngine;
  readonly clock: Clock;
  readonly cloud: Cloud;
  readonly between: Awaited<ReturnType<typeof scriptedServer>>;
  readonly hooks: {
    onOperation(name: string): Promise<void>;
    onProgress(progress: DeployProgress): void;
  };
  readonly operations: string[];
  readonly progress: DeployProgress[];
}

/** The real clients and the local App Engine, with a server in between that can lose things. */
export async function meddledCloud(meddle: Meddle = (_, pass) => pass()): Promise<Meddled> {
  const { appEngine, clock } = await localAppEngine(60);
  const between = await scriptedServer((request) => meddle(request, () => passOn(appEngine.url, request)));
  const endpoints = endpointsAt(between.url);
  const cloud = connectCloud({ project: 'demo', endpoints, clock, log: () => undefined });
  const progress: DeployProgress[] = [];
  const operations: string[] = [];
  const hooks = {
    async onOperation(name: string) {
      operations.push(name);
    },
    onProgress: (p: DeployProgress) => void progress.push(p),
  };
  return { appEngine, clock, between, cloud, hooks, operations, progress };
}
