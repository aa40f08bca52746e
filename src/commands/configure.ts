import { readFileSync } from 'node:fs';
import { type Config, readConfig } from '../config.ts';
import { knowSecrets } from '../secrets.ts';
import { SECRETS } from '../settings.ts';

/**
 * The configuration of this process. Its secrets are known from then on, so that nothing lets them out, and are taken from
 * the environment, which children inherit and crash reports print.
 * @throws ConfigError
 */
export function configure(env: NodeJS.ProcessEnv): Config {
  const config = readConfig(env);
  knowSecrets(secretsOf(config));
  for (const name of SECRETS) delete env[name];
  // Google's client finds it nowhere else.
  if (config.keyFile !== undefined) env.GOOGLE_APPLICATION_CREDENTIALS = config.keyFile;
  return config;
}

/** Every secret in a configuration, for those who are handed it. */
export function secretsOf({ telegram, control, watch, keyFile }: Config): string[] {
  return [
    ...(telegram.kind === 'remote' ? [telegram.token] : []),
    ...(control ? [control.token] : []),
    ...(watch.heartbeat === undefined ? [] : heartbeatSecrets(watch.heartbeat)),
    ...(keyFile === undefined ? [] : keySecrets(keyFile)),
  ];
}

/** The address as a whole, and the part that makes it one. */
function heartbeatSecrets(url: string): string[] {
  const { pathname, search } = new URL(url);
  return [url, pathname + search];
}

/** What of a key file must stay in it; a key comes in lines, and they may be shown apart. */
function keySecrets(path: string): string[] {
  const names = ['private_key', 'private_key_id', 'refresh_token', 'client_secret'];
  try {
    const key: Record<string, unknown> = JSON.parse(readFileSync(path, 'utf8'));
    return names.flatMap((name) => {
      const value = key[name];
      return typeof value === 'string' ? value.split('\n').filter((line) => !line.startsWith('-----')) : [];
    });
  } catch {
    // Google's client says what is wrong with it, once it is needed.
    return [];
  }
}
