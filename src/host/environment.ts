/** Names whose values are secrets of Sluice's own; the path of a key file is none. */
const SECRET = /TOKEN|SECRET|PASSWORD|PRIVATE_KEY/i;

/** This process's environment without its secrets, and what is added. */
export function environmentOf(added: Readonly<Record<string, string>>): Record<string, string> {
  const kept = Object.entries(process.env).flatMap(([name, value]) =>
    value === undefined || SECRET.test(name) ? [] : [[name, value] as const],
  );
  return { ...Object.fromEntries(kept), ...added };
}
