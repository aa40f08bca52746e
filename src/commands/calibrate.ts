import { type Sorted, sortWindows } from '../adapters/kept-windows.ts';
import { readConfig } from '../config.ts';
import { type Calibration, type Peak, calibrate as tally } from '../monitor/kept/calibration.ts';
import { BadWindow, unpackWindow } from '../monitor/kept/kept-window.ts';
import { oldAgainstItself, peakOf } from '../monitor/kept/replay.ts';
import { type LeftOut, sayCalibration, sayNothingKept } from '../monitor/kept/say-calibration.ts';
import { systemClock } from '../plan/clock.ts';
import { openFileStore } from '../store/file-store.ts';
import { openWindowFiles, type WindowFiles } from '../store/window-files.ts';

export interface CalibrateOptions {
  readonly service?: string;
  readonly json?: true;
}

interface Calibrated {
  readonly calibration: Calibration;
  readonly leftOut: LeftOut;
}

/**
 * Judges the kept windows of healthy releases again and tells how many would have been called bad, at several
 * thresholds. Reads only, so that a bot may be at work on the folder.
 * @throws Error for a service of which nothing is kept
 */
export async function calibrate({ service, json }: CalibrateOptions): Promise<void> {
  const { dataDir } = readConfig(process.env);
  const files = openWindowFiles(dataDir);
  const all = await files.services();
  if (service !== undefined && all.length > 0 && !all.includes(service)) {
    throw new Error(`Nothing is kept of a service '${service}'. Kept: ${all.join(', ')}.`);
  }
  const found: Calibrated[] = [];
  for (const one of all.filter((name) => service === undefined || name === service)) {
    found.push(await calibrateOne(files, dataDir, one));
  }
  if (json) {
    const services = found.map(({ calibration, leftOut }) => ({ ...calibration, leftOut }));
    process.stdout.write(`${JSON.stringify({ services })}\n`);
  } else if (found.length === 0) process.stdout.write(sayNothingKept(dataDir));
  else {
    const texts = found.map(({ calibration, leftOut }) => sayCalibration(calibration, leftOut));
    process.stdout.write(texts.join('\n'));
  }
}

async function calibrateOne(files: WindowFiles, dataDir: string, service: string): Promise<Calibrated> {
  const sorted = await sortWindows(await files.names(service), openFileStore(dataDir), systemClock.now());
  const healthy: Peak[] = [];
  const itself: number[] = [];
  let incomparable = 0;
  let unreadable = 0;
  for (const name of sorted.healthy) {
    try {
      const bytes = await files.read(service, name);
      if (!bytes) continue;
      const kept = unpackWindow(bytes);
      const evidence = await peakOf(kept);
      if (evidence === undefined) incomparable++;
      else healthy.push({ name, evidence });
      const against = oldAgainstItself(kept);
      const past = against && (await peakOf(against));
      if (past !== undefined) itself.push(past);
    } catch (error) {
      if (!(error instanceof BadWindow)) throw error;
      process.stderr.write(`The window ${service}/${name} ${error.message}\n`);
      unreadable++;
    }
  }
  const leftOut = { ...sizes(sorted), incomparable, unreadable };
  return { calibration: tally(service, healthy, itself), leftOut };
}

function sizes({ unsound, open, gone }: Sorted): Pick<LeftOut, 'unsound' | 'open' | 'gone'> {
  return { unsound: unsound.length, open: open.length, gone: gone.length };
}
