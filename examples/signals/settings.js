/** The switches of app.yaml. @throws Error with what was expected, where and what came */
export function readSettings(env) {
  return {
    version: env.GAE_VERSION || 'local',
    port: number(env, 'PORT', 8080, 65_535),
    failRate: number(env, 'FAIL_RATE', 0, 1),
    steady: flag(env, 'STEADY'),
    slowMs: number(env, 'SLOW_MS', 0, 60_000),
    criticalRate: number(env, 'CRITICAL_RATE', 0, 1),
    model: {
      perDay: env.SIGNALS_A_DAY ? number(env, 'SIGNALS_A_DAY', 0, 500) : undefined,
      floor: number(env, 'QUALITY_FLOOR', 70, 100),
      sessions: !flag(env, 'IGNORE_SESSIONS'),
    },
    breakApprovals: flag(env, 'BREAK_APPROVALS'),
    breakNotifications: flag(env, 'BREAK_NOTIFICATIONS'),
  };
}

function number(env, name, usual, most) {
  const text = env[name] || String(usual);
  const value = Number(text);
  if (value >= 0 && value <= most) return value;
  throw new Error(`${name} is a number from 0 to ${most}, not "${text}": correct it in app.yaml.`);
}

function flag(env, name) {
  const text = env[name] || '0';
  if (text === '0' || text === '1') return text === '1';
  throw new Error(`${name} is "0" or "1", not "${text}": correct it in app.yaml.`);
}
