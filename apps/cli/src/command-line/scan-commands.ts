import { Argument, Option, type Command } from 'commander'
import { PROVIDERS } from '@capstan/shared/contract/provider-names'
import type { ScanControl, RetryOptions } from '../commands/control.ts'
import type { ResumeOptions } from '../commands/resume.ts'
import type { ScanOptions } from '../commands/scan.ts'
import type { AttachOptions } from '../commands/attach-to-scan.ts'
import type { CommandHost } from './command-host.ts'
import {
  parseCount,
  parseDurationOption,
  parseLabel,
  parseList,
  parseMoney,
} from './option-parsers.ts'

/** Commands that start, watch and control scans. */
export function addScanCommands(program: Command, host: CommandHost): void {
  const { open, end } = host
  const scan = program
    .command('scan')
    .description('start a scan and watch it')
    .argument('[pattern...]', 'types to scan, such as *.postgresql.cnpg.io (default: all)')
  scanOptions(scan)
  budgetOptions(scan)
  waitOptions(scan).action(
    async (patterns: string[], options: Timed<ScanOptions>, command: Command) => {
      const { runScan } = await import('../commands/scan.ts')
      end(await runScan(await open(command), patterns, timed(options)))
    },
  )

  const watch = program
    .command('watch')
    .description('attach to a scan')
    .addArgument(scanArgument().default('latest'))
  waitOptions(watch).action(
    async (name: string, options: Timed<AttachOptions>, command: Command) => {
      const { runWatch } = await import('../commands/watch.ts')
      end(await runWatch(await open(command), name, timed(options)))
    },
  )

  const retry = program
    .command('retry')
    .description('run failed types of a finished scan again')
    .addArgument(new Argument('<scan>', 'id of the scan, or latest'))
    .argument('[resource...]', 'only these types')
    .option('--failed', 'all failed types (the default)')
    .option('--wait', 'watch it')
  waitOptions(retry).action(
    async (name: string, resources: string[], options: Timed<RetryOptions>, command: Command) => {
      const { runRetry } = await import('../commands/control.ts')
      end(await runRetry(await open(command), [name, ...resources], timed(options)))
    },
  )
  addDiscard(program, host)
  for (const [control, description] of CONTROLS) {
    const steer = program
      .command(control)
      .description(description)
      .addArgument(new Argument('<scan>', 'id of the scan, or latest'))
    steer.action(async (name: string, _options: unknown, command: Command) => {
      const { runControl } = await import('../commands/control.ts')
      end(await runControl(await open(command), control, { name }))
    })
  }
  addResume(program, host)
}

function addDiscard(program: Command, { open, end }: CommandHost): void {
  program
    .command('discard')
    .description('give up failed types of a finished scan: they count as skipped')
    .addArgument(new Argument('<scan>', 'id of the scan, or latest'))
    .argument('[resource...]', 'only these types (default: all that failed)')
    .action(async (name: string, resources: string[], _options: unknown, command: Command) => {
      const { runDiscard } = await import('../commands/discard.ts')
      end(await runDiscard(await open(command), name, resources))
    })
}

function addResume(program: Command, { open, end }: CommandHost): void {
  const resume = program
    .command('resume')
    .description('go on with a paused scan, or end the pauses of a provider')
    .argument('[scan]', 'id of the scan, or latest')
    .addOption(
      new Option('--provider <name>', 'end its pauses and open circuit breakers')
        .choices(PROVIDERS)
        .conflicts(['maxCost', 'maxTokens', 'maxFailures']),
    )
    .option('--account <name>', 'only of this account')
    .option('--model <name>', 'only of this model')
  budgetOptions(resume).action(
    async (name: string | undefined, options: ResumeOptions, command: Command) => {
      const { runResume } = await import('../commands/resume.ts')
      end(await runResume(await open(command), name, options))
    },
  )
}

const CONTROLS: [ScanControl, string][] = [
  ['cancel', 'end a scan; what runs is aborted'],
  ['pause', 'start nothing more of a scan'],
]

function scanArgument(): Argument {
  return new Argument('[scan]', 'id of the scan, or latest')
}

function scanOptions(scan: Command): void {
  scan
    .option('--exclude <pattern>', 'types to leave out (repeatable)', parseList)
    .option('--full', 'ask again for types that have not changed')
    .option('--batch', 'through the batch API of the provider: within a day, for half the price')
    .option('--dry-run', 'show what would be done and spent; do nothing')
    .option('--strict', 'refuse a PATTERN that matches no type, instead of a warning')
    .option('--cluster <name>', 'cluster: a context of the server’s kubeconfig')
    .addOption(new Option('--provider <name>', 'who answers').choices(PROVIDERS))
    .option('--model <name>', 'model of the provider')
    .addOption(
      new Option('--priority <level>', 'beside other scans').choices(['high', 'normal', 'low']),
    )
    .addOption(
      new Option('--order <how>', 'which types come first (by name)').choices([
        'name',
        'smallest-first',
        'largest-first',
      ]),
    )
    .addOption(
      new Option(
        '--on-conflict <what>',
        'when the cluster is being scanned: join a scan that covers this one, fail, or run beside it (join)',
      ).choices(['join', 'reject', 'parallel']),
    )
    .option('--concurrency <count>', 'most of its types in the queue at a time (all)', parseCount)
    .option('-l, --label <key=value>', 'label of the scan (repeatable)', parseLabel)
    .option(
      '--confirm-above <usd>',
      'ask before a scan that is estimated above it; without a terminal it needs --yes (1)',
      parseMoney,
    )
    .addOption(new Option('--detach', 'start it and leave; prints the id').conflicts('wait'))
    .option('--wait', 'watch it to its end (the default)')
}

/** A scan pauses before a call that would exceed one of these limits. */
function budgetOptions(command: Command): Command {
  return command
    .option('--max-cost <usd>', 'pause before more is spent', parseMoney)
    .option('--max-tokens <count>', 'pause before more tokens are used', parseCount)
    .option('--max-failures <count>', 'pause when so many types have failed', parseCount)
}

function waitOptions(command: Command): Command {
  return command
    .option(
      '--timeout <time>',
      'leave after this time, such as 15m; the scan goes on',
      parseDurationOption,
    )
    .option(
      '--max-wait <time>',
      'leave with exit code 7 when it is paused or held up for this time (10m); at once when only a person can go on',
      parseDurationOption,
    )
    .addOption(
      new Option('--fail-on <what>', 'which failures make the exit code 3')
        .choices(['any', 'all', 'none'])
        .default('any'),
    )
}

type Timed<T extends AttachOptions> = Omit<T, 'timeoutMs' | 'maxWaitMs'> & {
  timeout?: number
  maxWait?: number
}

function timed<T extends AttachOptions>({ timeout, maxWait, ...options }: Timed<T>) {
  return {
    ...options,
    ...(timeout !== undefined && { timeoutMs: timeout }),
    ...(maxWait !== undefined && { maxWaitMs: maxWait }),
  }
}
