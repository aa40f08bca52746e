/**
 * The approver presses the newest button of that name, if there is one. Resolves with the bot's answer.
 * @param url of the sandbox's page.
 */
export async function press(url: string, label: string): Promise<boolean> {
  const { chatId } = (await (await fetch(`${url}/_sandbox`)).json()) as { chatId: number };
  const { messages } = (await (await fetch(`${url}/_user/messages?chat_id=${chatId}`)).json()) as {
    messages: { message_id: number; reply_markup?: { inline_keyboard?: { text: string }[][] } }[];
  };
  const shown = messages.findLast((m) =>
    m.reply_markup?.inline_keyboard?.flat().some(({ text }) => text === label),
  );
  if (!shown) return false;
  const reply = await fetch(`${url}/_user/press`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ chat_id: chatId, user_id: 1002, message_id: shown.message_id, button: label }),
  });
  return reply.ok;
}
