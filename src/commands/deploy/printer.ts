import type { WriteStream } from 'node:tty';
import { clockTime } from '../../bot/views/words.ts';
import type { Line } from '../../control/protocol.ts';

/** Says on the terminal how a release goes. */
export interface Printer {
  line(line: Line): void;
  /** Something of this command's own. `type` is for machines. */
  note(type: 'begun' | 'refused' | 'connection' | 'stopped', text: string, details?: object): void;
}

type Output = Pick<WriteStream, 'write'> & Partial<Pick<WriteStream, 'isTTY' | 'columns'>>;

/** Cells of the bar. */
const WIDTH = 24;
const CLEAR = '\r\u001b[2K';

export function createPrinter(json: boolean, output: Output): Printer {
  return json ? forMachines(output) : forPeople(output);
}

function forMachines(output: Output): Printer {
  const print = (value: object) => output.write(`${JSON.stringify(value)}\n`);
  return {
    line: ({ at, ...line }) => print({ at: new Date(at).toISOString(), ...line }),
    note: (type, text, details) => print({ type, text, ...details }),
  };
}

/** Short lines with the bot's time. What passes stays in one place on a terminal, and is said once for each kind elsewhere. */
function forPeople(output: Output): Printer {
  let passing = '';
  const clear = () => (output.isTTY && passing ? CLEAR : '');
  const print = (text: string) => {
    output.write(`${clear()}${text}\n`);
    passing = '';
  };
  return {
    line(line) {
      const text = plain(line.text);
      if (line.type !== 'passing') return print(`${clockTime(line.at)}  ${text}`);
      if (output.isTTY) {
        output.write(`${CLEAR}${barOf(text).slice(0, (output.columns ?? 80) - 1)}`);
        passing = text;
      } else if (kindOf(text) !== passing) {
        output.write(`${clockTime(line.at)}  ${text}\n`);
        passing = kindOf(text);
      }
    },
    note: (_, text) => print(plain(text)),
  };
}

/** "Uploading [######..................] 75 of 300 files." */
function barOf(text: string): string {
  const [, what = '', done = '', all = '', rest = ''] = /^(\w+) (\d+) of (\d+)(.*)$/.exec(text) ?? [];
  if (!what || Number(all) === 0) return text;
  const full = Math.min(WIDTH, Math.floor((Number(done) / Number(all)) * WIDTH));
  return `${what} [${'#'.repeat(full)}${'.'.repeat(WIDTH - full)}] ${done} of ${all}${rest}`;
}

function kindOf(text: string): string {
  return text.replace(/\d+/g, '0');
}

/** Others' words may hold line ends, and what would steer a terminal. */
function plain(text: string): string {
  return text.replace(/[\p{Cc}\s]+/gu, ' ').trim();
}
