#!/usr/bin/env node
import { Command, Option } from 'commander';
import type { VerifyOptions } from './commands/audit.ts';
import type { CalibrateOptions } from './commands/calibrate.ts';
import type { DeployOptions } from './commands/deploy.ts';
import type { SandboxArguments } from './commands/sandbox.ts';
import type { StartOptions } from './commands/start.ts';
import { guardOutput } from './last-words.ts';

guardOutput();

const program = new Command('sluice')
  .description('Takes a Google App Engine release through its deployment plan, one gate at a time.')
  .showHelpAfterError();

program
  .command('start')
  .description('the bot, with local stand-ins for whatever is not configured')
  .option('--scenario [name]', 'play a release in which something happens; without a name, list them')
  .action(async (options: StartOptions) => (await import('./commands/start.ts')).start(options));
program
  .command('run')
  .description('the bot alone')
  .action(async () => (await import('./commands/run.ts')).run());
program
  .command('sandbox')
  .description('the local chat and the local App Engine alone; prints what makes gcloud and a bot use them')
  .addOption(
    new Option('--telegram-only', 'a Telegram for the tests of any bot').conflicts(['appEngineOnly', 'app']),
  )
  .addOption(
    new Option('--app-engine-only', 'an App Engine for the tests of whatever deploys to one').conflicts([
      'token',
      'bot',
      'title',
      'people',
      'privacy',
      'flood',
    ]),
  )
  .option(
    '--port <number>',
    'of the page, the App Engine and its app take the next two; 0: any (SLUICE_PORT)',
  )
  .option('--data <folder>', 'keeps its world across restarts; sandbox in the data folder when left out')
  .option('--speed <times>', 'as fast as life; SLUICE_SPEED, or 1 with --telegram-only, when left out')
  .option('--app <folder>', 'the app that runs as version v1 from the start; the sample when left out')
  .option('--token <id:secret>', "the bot's token")
  .option('--bot <username>', "the bot's name")
  .option('--title <text>', 'the title of the group')
  .option('--people <list>', 'who one can be in the chats, such as 11:Ada,12:Ben; the first owns the group')
  .option('--privacy', 'the bot is a plain member: it hears its commands, replies to it and mentions only')
  .option('--flood <limit>', 'real: as few messages as Telegram takes; off; or a number a minute and group')
  .action(async (options: SandboxArguments) => (await import('./commands/sandbox.ts')).sandbox(options));
program
  .command('doctor')
  .description('looks at everything that a release needs and says what is missing')
  .action(async () => (await import('./commands/doctor.ts')).doctor());
program
  .command('init')
  .description('writes a first sluice.yaml here, from the app.yaml of a folder')
  .argument('[folder]', 'the folder with app.yaml', '.')
  .action(async (folder: string) => (await import('./commands/init.ts')).init(folder));

const plan = program.command('plan').description('looks at the plan');
const file = ['[file]', 'the plan; SLUICE_PLAN or sluice.yaml when none is named'] as const;
plan
  .command('check')
  .description('says what the plan would do, or all that is wrong with it')
  .argument(...file)
  .action(async (path?: string) => (await import('./commands/plan.ts')).check(path));
plan
  .command('show')
  .description('prints the plan in force, with all that it leaves out filled in')
  .argument(...file)
  .action(async (path?: string) => (await import('./commands/plan.ts')).show(path));
plan
  .command('schema')
  .description('prints the JSON schema by which editors complete and check a plan')
  .action(async () => (await import('./commands/plan.ts')).schema());
program
  .command('deploy')
  .description('has the running bot take a release through its plan; people answer in the chat')
  .argument('[folder]', "a folder with app.yaml that the bot's machine sees; the plan's when none is named")
  .option('--service <name>', 'the service; the one that app.yaml names when left out')
  .option('--version <id>', "the id of the new version; after the plan's template when left out")
  .option(
    '--from <what>',
    'release a branch, tag or commit, gs://BUCKET/APP.zip, or an image instead of a folder',
  )
  .option('--existing', 'release a version that is on App Engine already')
  .option('--run-items', "start the commands of the checklist's items")
  .option('--id <key>', 'the same key is the same release, however often it is sent')
  .option('--as <name>', 'who releases, for the record; your user name and machine when left out')
  .option('--wait', 'end with the rollout: 0 when it is done, else 1', true)
  .option('--no-wait', 'end with 0 once it has begun')
  .addOption(
    new Option('--dry-run', 'show what would be deployed, without a bot, a network or an account').conflicts([
      'service',
      'existing',
      'runItems',
      'id',
      'as',
      'wait',
    ]),
  )
  .option('--json', 'a line of JSON for each event; with --dry-run the body of the request and nothing else')
  .action(async (folder: string | undefined, options: DeployOptions) =>
    (await import('./commands/deploy.ts')).deploy(folder, options),
  );

const audit = program
  .command('audit')
  .description('looks at the record of every act and every refused attempt');
const record = [
  '[file]',
  "the audit, such as /audit gives it; the data folder's when none is named",
] as const;
audit
  .command('verify')
  .description('says whether a line was changed, removed or reordered; ends with 1 if so')
  .argument(...record)
  .option('--head <head>', 'the head that the chat shows: finds lines that were cut off the end, too')
  .option(
    '--key <key>',
    "the public key that the head must be signed with; the data folder's or the file's own",
  )
  .option('--from <number>', 'the number of the first line, for a piece of an audit')
  .action(async (path: string | undefined, options: VerifyOptions) =>
    (await import('./commands/audit.ts')).verify(path, options),
  );
audit
  .command('show')
  .description('prints the audit for people')
  .argument(...record)
  .option('--rollout <id>', 'only what happened to this rollout')
  .action(async (path: string | undefined, options: { rollout?: string }) =>
    (await import('./commands/audit.ts')).show(path, options),
  );
audit
  .command('key')
  .description('prints the public key that heads are signed with')
  .action(async () => (await import('./commands/audit.ts')).key());

const judge = program
  .command('judge')
  .description('judges windows given as lines of JSON on standard input, one answer a tick')
  .action(async () => (await import('./commands/judge.ts')).judge());
judge
  .command('calibrate')
  .description(
    'judges the kept windows of sound releases again and tells how many would have been called bad',
  )
  .option('--service <name>', 'of this service alone')
  .option('--json', 'one line of JSON')
  .action(async (options: CalibrateOptions) => (await import('./commands/calibrate.ts')).calibrate(options));

try {
  await program.parseAsync();
} catch (error) {
  // Whatever was started by then must not keep a failed command alive.
  process.stderr.write(`${(error as Error).message}\n`, () => process.exit(1));
}
