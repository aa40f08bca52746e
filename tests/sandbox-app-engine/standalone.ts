import { startAppEngine } from '../../src/sandbox/app-engine/index.ts';
import { SandboxClock } from '../../src/sandbox/clock.ts';

/** A process to be killed: `node standalone.ts DATA_DIR SPEED OPERATION_MS START` prints its URLs as JSON. */
const [dataDir = '', speed, operationMs, start] = process.argv.slice(2);

const { url, proxyUrl } = await startAppEngine({
  dataDir,
  clock: new SandboxClock(Number(speed), Number(start)),
  project: 'demo',
  port: 0,
  proxyPort: 0,
  operationMs: Number(operationMs),
  ingestionDelayMs: 0,
  log: (line) => process.stderr.write(`${line}\n`),
});
process.stdout.write(`${JSON.stringify({ url, proxyUrl })}\n`);
