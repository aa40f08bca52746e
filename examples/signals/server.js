import { createServer } from 'node:http';
import { sessionAt, signalsAt } from './signals.js';

const PORT = Number(process.env.PORT ?? 8080);
const FAIL_RATE = Number(process.env.FAIL_RATE ?? 0);
const SLOW_MS = Number(process.env.SLOW_MS ?? 0);
const VERSION = process.env.GAE_VERSION ?? 'local';
const BASE_ERROR_RATE = 0.001;
const MEDIAN_MS = 12;

if (!(FAIL_RATE >= 0 && FAIL_RATE <= 1))
  throw new Error(`FAIL_RATE is a share from 0 to 1, not ${process.env.FAIL_RATE}.`);
if (!(SLOW_MS >= 0)) throw new Error(`SLOW_MS is a number of milliseconds, not ${process.env.SLOW_MS}.`);

/** Approvals of the current hour's signals; a new hour brings new signals. */
let approvals = { expires: '', ids: new Set() };

const server = createServer(async (request, response) => {
  const address = `http://localhost${request.url}`;
  if (!URL.canParse(address)) return answer(response, 400, { error: 'that address makes no sense' });
  const { pathname, searchParams } = new URL(address);
  if (request.method === 'GET' && pathname === '/healthz')
    return answer(response, 200, { status: 'ok', version: VERSION });
  await new Promise((resolve) => setTimeout(resolve, SLOW_MS + workingTime()));

  // Kept apart from the base rate, so that FAIL_RATE=0.05 is five in a hundred and one in a thousand.
  if (Math.random() < FAIL_RATE || Math.random() < BASE_ERROR_RATE) {
    log('ERROR', 'quality model gave no score', { path: pathname });
    return answer(response, 500, { error: 'the signal could not be scored' });
  }
  const time = timeOf(request);
  const approve = /^\/signals\/(\d+)\/approve$/.exec(pathname);
  if (request.method === 'GET' && pathname === '/') return describe(response, time);
  if (request.method === 'GET' && pathname === '/signals') {
    return list(response, time, Number(searchParams.get('min_quality') ?? 0));
  }
  if (request.method === 'POST' && approve) return approveSignal(response, time, Number(approve[1]));
  if (request.method === 'GET' && pathname === '/tasks/expire') return expire(response, time);
  return answer(response, 404, { error: `there is no ${request.method} ${pathname}` });
});

server.listen(PORT, () => log('INFO', 'listening', { port: PORT, version: VERSION }));
process.on('SIGTERM', () => {
  server.close(() => process.exit(0));
  server.closeIdleConnections();
});

/** The front end's time where it says so, else this machine's. */
function timeOf(request) {
  const said = Date.parse(request.headers.date);
  return new Date(Number.isNaN(said) ? Date.now() : said);
}

function describe(response, time) {
  answer(response, 200, { service: 'signals', version: VERSION, session: sessionAt(time).name });
}

function list(response, time, minQuality) {
  if (!(minQuality >= 0 && minQuality <= 100)) {
    return answer(response, 400, { error: 'min_quality is a number from 0 to 100' });
  }
  const { ids } = approvalsOf(time);
  const signals = signalsAt(time)
    .filter((signal) => signal.quality >= minQuality)
    .map((signal) => ({ ...signal, approved: ids.has(signal.id) }));
  return answer(response, 200, { session: sessionAt(time).name, signals });
}

function approveSignal(response, time, id) {
  const signal = signalsAt(time).find((one) => one.id === id);
  if (!signal) return answer(response, 404, { error: `there is no signal ${id}` });
  approvalsOf(time).ids.add(id);
  log('INFO', 'signal approved', { signal: id, instrument: signal.instrument, quality: signal.quality });
  return answer(response, 200, { ...signal, approved: true });
}

function expire(response, time) {
  const { ids } = approvalsOf(time);
  const open = signalsAt(time).filter((signal) => !ids.has(signal.id)).length;
  log('INFO', 'signals expire at the full hour', { open });
  answer(response, 200, { open });
}

function approvalsOf(time) {
  const { expires } = signalsAt(time)[0];
  if (approvals.expires !== expires) approvals = { expires, ids: new Set() };
  return approvals;
}

/** Milliseconds, log-normal: half of the answers take longer than the median, a few much longer. */
function workingTime() {
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
