import { Option, type Command } from 'commander'
import { OUTPUT_FORMATS } from '../output/output-format.ts'
import { PROGRESS_CHOICES } from '../watch/progress-mode.ts'

/** Adds options that are accepted before or after any command. */
export function addGlobalOptions(program: Command): void {
  program
    .option(
      '--server <url>',
      'the Capstan server (default: $CAPSTAN_SERVER, else the context in use, else http://127.0.0.1:8080)',
    )
    .addOption(
      new Option('--context <name>', 'a server of your configuration (capstan config)').conflicts(
        'server',
      ),
    )
    .option('--token-file <file>', 'file with the token (default: $CAPSTAN_TOKEN)')
    .addOption(
      new Option('-o, --output <format>', 'format of the data on stdout').choices(OUTPUT_FORMATS),
    )
    .addOption(
      new Option('--progress <mode>', 'how progress is shown on stderr (default: auto)').choices(
        PROGRESS_CHOICES,
      ),
    )
    .option('-q, --quiet', 'print only data and errors')
    .option('-v, --verbose', 'print request ids and logs of child processes')
    .option('--yes', 'skip confirmations, also above --confirm-above')
    .option('--no-color', 'no colours (also: NO_COLOR)')
}
