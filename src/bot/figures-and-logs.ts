import { type Api, InputFile } from 'grammy';
import type { Clock } from '../plan/clock.ts';
import type { Who } from '../rollout/draft.ts';
import type { Rollout } from '../rollout/state.ts';
import { createAllowance } from './allowance.ts';
import { type Html, html, shorten } from './html.ts';
import type { DrawChart } from './publisher.ts';
import { answerMark, answerWord, clockTime, count } from './views/words.ts';

export interface ErrorLine {
  readonly at: number;
  readonly text: string;
}

/** What is behind "Chart and logs". */
export interface FiguresAndLogs {
  /** Takes one of what a person may ask for in a minute, if there is one left. */
  take(person: number): boolean;
  /**
   * Sends a fresh chart, the judge's words and the newest error logs, as an answer to the message that was tapped. What
   * cannot be had is said instead. Throws what Telegram refuses.
   */
  send(rollout: Rollout, by: Who, replyTo: number | undefined): Promise<void>;
}

export interface FiguresAndLogsOptions {
  readonly api: Api;
  /** People's hours. */
  readonly peoplesClock: Clock;
  readonly drawChart: DrawChart;
  /** The newest error logs of the new version, newest first, without secrets. */
  readonly errorLogs: (rollout: Rollout, limit: number) => Promise<readonly ErrorLine[]>;
  /** Puts on record who was given what. */
  readonly handedOut: (by: Who, what: string) => void;
  readonly failed: (what: string, error: unknown) => void;
}

/** Each costs some queries, a picture and up to two messages of the twenty that a group takes in a minute. */
const EACH = 3;
const ALL = 6;
/** Lines under the chart, and in the file where there are more. */
const SHOWN = 5;
const MOST = 200;
const LINE = 90;

export function createFiguresAndLogs(options: FiguresAndLogsOptions): FiguresAndLogs {
  const { api, drawChart, errorLogs, handedOut, failed } = options;
  const allowance = createAllowance(options.peoplesClock, EACH, ALL);

  async function attempt<T>(what: string, get: () => Promise<T>): Promise<T | Error> {
    try {
      return await get();
    } catch (error) {
      failed(what, error);
      return error as Error;
    }
  }

  return {
    take: allowance.take,
    async send(rollout, by, replyTo) {
      const { chat, service, version } = rollout;
      const [picture, lines] = await Promise.all([
        attempt('a picture', () => drawChart(rollout)),
        attempt('the error logs', () => errorLogs(rollout, MOST)),
      ]);
      const where = {
        ...(chat.topic && { message_thread_id: chat.topic }),
        ...(replyTo !== undefined && {
          reply_parameters: { message_id: replyTo, allow_sending_without_reply: true },
        }),
      };
      const text = html`${[
        html`<b>${service}: ${version}</b>`,
        ...verdictLines(rollout),
        ...(picture instanceof Error
          ? [html`The chart cannot be drawn: ${shorten(picture.message, 150)}`]
          : []),
        ...logLines(lines),
      ]}`.text;
      const said = { parse_mode: 'HTML' as const, ...where };
      if (picture && !(picture instanceof Error))
        await api.sendPhoto(chat.id, new InputFile(picture, 'figures.png'), { caption: text, ...said });
      else await api.sendMessage(chat.id, text, said);
      const file = lines instanceof Error ? undefined : logFile(lines);
      if (file !== undefined) {
        const name = `${service}-${version}-errors.txt`;
        await api.sendDocument(chat.id, new InputFile(Buffer.from(file), name), where);
      }
      handedOut(by, `chart and logs of ${service} ${version}, rollout ${rollout.id}`);
    },
  };
}

function verdictLines({ verdict }: Rollout): Html[] {
  if (!verdict) return [html`Nothing was judged yet.`];
  const words = shorten(verdict.reasons.slice(0, 2).join(' '), 300);
  return [html`${answerMark(verdict)} <b>${answerWord(verdict)}</b>. ${words}`];
}

function logLines(lines: readonly ErrorLine[] | Error): Html[] {
  if (lines instanceof Error) return [html`The error logs cannot be read: ${shorten(lines.message, 150)}`];
  if (lines.length === 0) return [html`No error logs.`];
  const shown = lines.slice(0, SHOWN);
  const all = lines.length < MOST ? count(lines.length, 'line') : `the newest ${count(MOST, 'line')}`;
  return [
    html`The newest error logs${logFile(lines) === undefined ? '' : html` (${all} in the file)`}:`,
    ...shown.map(({ at, text }) => html`${clockTime(at)} <code>${shorten(oneLine(text), LINE)}</code>`),
  ];
}

/** Undefined where the message has all of it. */
function logFile(lines: readonly ErrorLine[]): string | undefined {
  const fits =
    lines.length <= SHOWN && lines.every(({ text }) => oneLine(text) === text && text.length <= LINE);
  if (fits) return undefined;
  return lines.map(({ at, text }) => `${new Date(at).toISOString()} ${text}\n`).join('');
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
