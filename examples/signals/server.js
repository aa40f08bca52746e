import { createServer } from 'node:http';
import { Approvals } from './approvals.js';
import { sessionAt } from './market.js';
import { readSettings } from './settings.js';
import { outcomesBetween, statsAt } from './signals.js';

const settings = readSettings(process.env);
const BASE_ERROR_RATE = 0.001;
const MEDIAN_MS = 12;
/** How far back the first evaluation after a start looks, and any other at most. */
const FIRST_LOOK = 10 * 60_000;
const LONGEST_LOOK = 24 * 3_600_000;

const approvals = new Approvals();
/** Up to when the market has been evaluated, milliseconds since the epoch. */
let evaluated;

const server = createServer(async (request, response) => {
  const address = `http://localhost${request.url}`;
  if (!URL.canParse(address)) return answer(response, 400, { error: 'that address makes no sense' });
  const { pathname, searchParams } = new URL(address);
  const asked = `${request.method} ${pathname}`;
  if (asked === 'GET /healthz') return answer(response, 200, { status: 'ok', version: settings.version });
  const time = timeOf(request);
  if (asked === 'GET /stats') return stats(response, time);
  await new Promise((resolve) => setTimeout(resolve, settings.slowMs + workingTime()));

  // Kept apart from the base rate, so that FAIL_RATE=0.05 is five in a hundred and one in a thousand.
  const stray = settings.steady ? 0 : BASE_ERROR_RATE;
  if (Math.random() < settings.failRate || Math.random() < stray) {
    log('ERROR', 'quality model gave no score', { path: pathname });
    return answer(response, 500, { error: 'the signal could not be scored' });
  }
  const approve = /^POST \/signals\/(\d+)\/approve$/.exec(asked);
  if (approve) return approveSetup(response, time, Number(approve[1]));
  switch (asked) {
    case 'GET /':
      return answer(response, 200, {
        service: 'signals',
        version: settings.version,
        session: sessionAt(time).name,
      });
    case 'GET /signals':
      return list(response, time, Number(searchParams.get('min_quality') ?? 0));
    case 'GET /tasks/evaluate':
      return evaluate(request, response, time.getTime());
    case 'GET /tasks/expire':
      return expire(request, response, time);
    default:
      return answer(response, 404, { error: `there is no ${asked}` });
  }
});

server.listen(settings.port, () =>
  log('INFO', 'listening', { port: server.address().port, version: settings.version }),
);
process.on('SIGTERM', () => {
  server.close(() => process.exit(0));
  server.closeIdleConnections();
});

/** The front end's time where it says so, else this machine's. */
function timeOf(request) {
  const said = Date.parse(request.headers.date);
  return new Date(Number.isNaN(said) ? Date.now() : said);
}

function stats(response, time) {
  return answer(response, 200, {
    version: settings.version,
    session: sessionAt(time).name,
    evaluated: evaluated === undefined ? null : new Date(evaluated).toISOString(),
    ...statsAt(time.getTime(), settings.model),
  });
}

function list(response, time, minQuality) {
  if (!(minQuality >= 0 && minQuality <= 100)) {
    return answer(response, 400, { error: 'min_quality is a number from 0 to 100' });
  }
  const signals = approvals.setups(time).filter(({ quality }) => quality >= minQuality);
  return answer(response, 200, { session: sessionAt(time).name, signals });
}

function approveSetup(response, time, id) {
  const setup = approvals.setups(time).find((one) => one.id === id);
  if (!setup) return answer(response, 404, { error: `there is no signal ${id}` });
  const { instrument, quality, session } = setup;
  const about = { event: 'approval', setup: id, instrument, quality, session };
  if (settings.breakApprovals) {
    log('WARNING', 'the approval did not reach the order book', { ...about, outcome: 'lost' });
    return answer(response, 200, { ...setup, approved: false });
  }
  if (approvals.add(time, id)) log('INFO', 'setup approved', { ...about, outcome: 'approved' });
  return answer(response, 200, { ...setup, approved: true });
}

/** Cron calls it every few minutes: what the model finds since the last time becomes signals. */
function evaluate(request, response, now) {
  if (!byCron(request, response)) return;
  if (Math.random() < settings.criticalRate)
    log('CRITICAL', 'the price feed is silent', { event: 'evaluation' });
  const from = Math.max(evaluated ?? now - FIRST_LOOK, now - LONGEST_LOOK);
  const outcomes = outcomesBetween(from, now, settings.model);
  evaluated = Math.max(now, evaluated ?? 0);
  for (const { at, signal, ...outcome } of outcomes) {
    const fields = { ...outcome, at: new Date(at).toISOString() };
    if (!signal) {
      log('DEBUG', 'setup turned down', { event: 'rejected', ...fields });
      continue;
    }
    log('INFO', `${outcome.direction} ${outcome.instrument}`, { event: 'signal', ...fields });
    notify(outcome);
  }
  answer(response, 200, { evaluated: outcomes.length });
}

function notify({ id, instrument, direction, quality, session }) {
  const text = `${direction} ${instrument}, quality ${quality}, ${session}. Approve within 30 minutes.`;
  const delivered = !settings.breakNotifications;
  const fields = { event: 'notification', channel: 'telegram', signal: id, text, delivered };
  if (delivered) log('INFO', 'notification sent', fields);
  else log('WARNING', 'the notification was not delivered', fields);
}

function expire(request, response, time) {
  if (!byCron(request, response)) return;
  const open = approvals.setups(time).filter(({ approved }) => !approved).length;
  log('INFO', 'setups expire at the full hour', { event: 'expiry', open });
  answer(response, 200, { open });
}

/** App Engine takes this header away from all requests but its own. On another machine anybody is cron. */
function byCron(request, response) {
  if (request.headers['x-appengine-cron'] === 'true' || settings.version === 'local') return true;
  answer(response, 403, { error: 'this is for App Engine cron only' });
  return false;
}

/** Milliseconds, log-normal: half of the answers take longer than the median, a few much longer. All alike when steady. */
function workingTime() {
  if (settings.steady) return MEDIAN_MS;
  const normal = Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
  return MEDIAN_MS * Math.exp(0.5 * normal);
}

function answer(response, status, body) {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}

function log(severity, message, fields) {
  process.stdout.write(`${JSON.stringify({ severity, message, ...fields })}\n`);
}
