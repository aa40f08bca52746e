import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gcloudEnvironment } from '../../tests/deploy/gcloud-cli.ts';

const run = promisify(execFile);
const RUNNER = fileURLToPath(new URL('./runner.js', import.meta.url));

/** One who can do what is raced. Each resolves when App Engine has ended the operation. */
export interface Contender {
  deploy(folder: string, version: string): Promise<void>;
  /** Half of the traffic to v2, the rest to v1. */
  halve(): Promise<void>;
  deployCron(folder: string): Promise<void>;
}

/** The CLI, a process for each command. @param config a folder of its own for what it keeps. */
export function gcloud(url: string, config: string): Contender {
  const apis = ['APPENGINE', 'SERVICEUSAGE', 'SERVICEMANAGEMENT', 'CLOUDBUILD', 'CLOUDSCHEDULER'];
  const env = gcloudEnvironment(url, apis, config);
  const app = async (...args: string[]) => void (await run('gcloud', ['app', ...args], { env }));
  return {
    deploy: (folder, version) =>
      app('deploy', join(folder, 'app.yaml'), `--version=${version}`, '--no-promote'),
    halve: () => app('services', 'set-traffic', 'default', '--splits=v1=0.5,v2=0.5'),
    deployCron: (folder) => app('deploy', join(folder, 'cron.yaml')),
  };
}

/** Sluice inside a process that runs already, as the bot does it. */
export interface Running {
  /** The one bot, at an App Engine. */
  at(url: string): Contender;
  close(): void;
}

export function startRunning(): Running {
  const child = fork(RUNNER, { execArgv: [] });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const died = once(child, 'exit').then(([code]) => {
    throw new Error(`The process that Sluice runs in ended with ${code}.`);
  });
  // Heard where it is waited for.
  died.catch(() => {});
  return {
    at(url) {
      const ask = async (...task: string[]) => {
        const done = once(child, 'message');
        child.send({ url, task });
        await Promise.race([done, died]);
      };
      return contender(ask);
    },
    close() {
      process.off('exit', kill);
      child.disconnect();
    },
  };
}

/** Sluice as gcloud is run, a process for each. */
export function perProcess(url: string): Contender {
  return contender(async (...task) => void (await run(process.execPath, [RUNNER, url, ...task])));
}

function contender(ask: (...task: string[]) => Promise<void>): Contender {
  return {
    deploy: (folder, version) => ask('deploy', folder, version),
    halve: () => ask('halve'),
    deployCron: (folder) => ask('cron', folder),
  };
}
