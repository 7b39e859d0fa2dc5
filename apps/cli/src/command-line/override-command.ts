import { Option, type Command } from 'commander'
import { COMPLEXITIES } from '@capstan/shared/contract/choice-names'
import type { OverrideOptions } from '../commands/catalog/override.ts'
import type { CommandHost } from './command-host.ts'
import { parseFraction, parseList } from './option-parsers.ts'

/** Adds the command that corrects an inferred capability. */
export function addOverrideCommand(program: Command, host: CommandHost): void {
  const { open, end } = host
  program
    .command('override')
    .description('override fields of a capability; scans keep the override')
    .argument('<type>', 'plural.group, or any common spelling')
    .option('--cluster <name>', 'name of the cluster')
    .option('--capabilities <list>', 'comma-separated phrases (repeatable)', parseList)
    .option('--providers <list>', 'clouds, vendors or projects (repeatable)', parseList)
    .option('--abstractions <list>', 'what it abstracts from its user (repeatable)', parseList)
    .addOption(new Option('--complexity <level>', 'complexity for its user').choices(COMPLEXITIES))
    .option('--description <text>', 'description')
    .option('--use-case <text>', 'when to use it')
    .option('--confidence <0..1>', 'confidence', parseFraction)
    .option('--search-phrases <list>', 'search phrases (repeatable)', parseList)
    .option('--note <text>', 'reason for the override')
    .addOption(
      new Option('--remove', 'remove the override').conflicts([
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
      const { runOverride } = await import('../commands/catalog/override.ts')
      end(await runOverride(await open(command), name, options))
    })
}
