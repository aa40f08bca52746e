/** Names whose values are secrets, as far as a name can tell; the path of a key file is none. */
const SECRET = /TOKEN|SECRET|PASSWORD|PRIVATE_KEY/i;

/** What programs need to find themselves, their home, their language, the network and Google. */
const COMMON =
  /^(PATH|HOME|USER|LOGNAME|SHELL|TERM|TZ|PWD|LANG|LANGUAGE|LC_\w+|TMPDIR|TMP|TEMP|XDG_\w+|CI|VIRTUAL_ENV|PYTHONPATH|JAVA_HOME|GOPATH|GOROOT|NVM_DIR|npm_config_\w+|https?_proxy|no_proxy|HTTPS?_PROXY|NO_PROXY|SSL_CERT_(FILE|DIR)|NODE_EXTRA_CA_CERTS|SSH_AUTH_SOCK|GOOGLE_CLOUD_PROJECT|GOOGLE_APPLICATION_CREDENTIALS|CLOUDSDK_\w+|SYSTEMROOT|WINDIR|COMSPEC|PATHEXT|USERPROFILE|APPDATA|LOCALAPPDATA)$/;

/** This process's environment without its secrets, and what is added: for tools that Sluice itself runs. */
export function environmentOf(added: Readonly<Record<string, string>>): Record<string, string> {
  return { ...variables((name) => !SECRET.test(name)), ...added };
}

/**
 * What the team's commands get: the common names, those that were asked for, and what is added; nothing else of this
 * process's environment, whatever it is called.
 */
export function listedEnvironment(
  asked: readonly string[],
  added: Readonly<Record<string, string>>,
): Record<string, string> {
  const common = (name: string) => COMMON.test(name) && !SECRET.test(name);
  return { ...variables((name) => common(name) || asked.includes(name)), ...added };
}

function variables(wanted: (name: string) => boolean): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      value === undefined || !wanted(name) ? [] : [[name, value] as const],
    ),
  );
}
