import { Option, type Command } from 'commander'
import type { OverrideOptions } from '../commands/override.ts'
import type { CommandHost } from './command-host.ts'
import { parseFraction, parseList } from './option-parsers.ts'

/** Adds the command that corrects an inferred capability. */
export function addOverrideCommand(program: Command, host: CommandHost): void {
  const { open, end } = host
  program
    .command('override')
    .description('correct what was inferred of one type; scans keep the correction')
    .argument('<type>', 'plural.group, or any common spelling')
    .option('--cluster <name>', 'the cluster it is of')
    .option('--capabilities <list>', 'phrases with commas between them (repeatable)', parseList)
    .option('--providers <list>', 'clouds, vendors or projects (repeatable)', parseList)
    .option('--abstractions <list>', 'what it takes off its user (repeatable)', parseList)
    .addOption(
      new Option('--complexity <level>', 'how hard it is').choices(['low', 'medium', 'high']),
    )
    .option('--description <text>', 'what it is')
    .option('--use-case <text>', 'when to reach for it')
    .option('--confidence <0..1>', 'how sure you are', parseFraction)
    .option('--search-phrases <list>', 'what people would type (repeatable)', parseList)
    .option('--note <text>', 'why you correct it')
    .addOption(
      new Option('--remove', 'show the inferred answer again').conflicts([
        'capabilities',
        'providers',
        'abstractions',
        'complexity',
        'description',
        'useCase',
        'confidence',
        'searchPhrases',
        'note',
      ]),
    )
    .action(async (name: string, options: OverrideOptions, command: Command) => {
      const { runOverride } = await import('../commands/override.ts')
      end(await runOverride(await open(command), name, options))
    })
}
