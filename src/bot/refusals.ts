import { GrammyError } from 'grammy';

/** What Telegram's refusals mean to whoever sends. Its words are those of Client.cpp in tdlib/telegram-bot-api. */

/** The message says so already. */
export function isUnchanged(error: unknown): boolean {
  return error instanceof GrammyError && error.description.includes('message is not modified');
}

/** The message is not there any more, or not for us: somebody deleted it, or the group became another one. */
export function isGone(error: unknown): boolean {
  return (
    error instanceof GrammyError &&
    /message (to edit not found|can't be edited)|MESSAGE_ID_INVALID|upgraded to a supergroup|TOPIC_(CLOSED|DELETED)/.test(
      error.description,
    )
  );
}

/** The bot may not write there for now: thrown out, muted, or the chat is closed. */
export function isShutOut(error: unknown): boolean {
  return (
    error instanceof GrammyError &&
    (error.error_code === 403 ||
      /not enough rights|have no rights|need administrator rights|CHAT_WRITE_FORBIDDEN|CHAT_RESTRICTED|chat not found|TOPIC_CLOSED/i.test(
        error.description,
      ))
  );
}

/** Refused for good, and so without effect. Anything else may have arrived, or may be taken the next time. */
export function isRefusal(error: unknown): boolean {
  return error instanceof GrammyError && error.error_code < 500 && error.error_code !== 429;
}

/** Real seconds after which Telegram is willing to be asked again, if it says so. */
export function waitOf(error: unknown): number | undefined {
  return error instanceof GrammyError ? error.parameters.retry_after : undefined;
}
