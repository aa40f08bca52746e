#!/usr/bin/env node
import { Command } from 'commander';

const program = new Command('sluice')
  .description('Takes a Google App Engine release through its deployment plan, one gate at a time.')
  .showHelpAfterError();

program
  .command('start')
  .description('the bot, with local stand-ins for whatever is not configured')
  .action(async () => (await import('./commands/start.ts')).start());
program
  .command('run')
  .description('the bot alone')
  .action(async () => (await import('./commands/run.ts')).run());
program
  .command('sandbox')
  .description('the local chat and the local App Engine alone; prints what makes gcloud and a bot use them')
  .action(async () => (await import('./commands/sandbox.ts')).sandbox());

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
