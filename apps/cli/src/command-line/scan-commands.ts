import { Argument, Option, type Command } from 'commander'
import {
  CONFLICT_POLICIES,
  SCAN_ORDERS,
  SCAN_PRIORITIES,
} from '@capstan/shared/contract/choice-names'
import { PROVIDERS } from '@capstan/shared/contract/provider-names'
import type { ScanControl, RetryOptions } from '../commands/scans/control.ts'
import type { ResumeOptions } from '../commands/scans/resume.ts'
import type { ScanOptions } from '../commands/scans/scan.ts'
import type { AttachOptions } from '../commands/scans/attach-to-scan.ts'
import { FAIL_ON_CHOICES } from '../commands/scans/fail-on.ts'
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
  addBudgetOptions(scan)
  waitOptions(scan).action(
    async (patterns: string[], options: Timed<ScanOptions>, command: Command) => {
      const { runScan } = await import('../commands/scans/scan.ts')
      end(await runScan(await open(command), patterns, toAttachOptions(options)))
    },
  )

  const watch = program
    .command('watch')
    .description('attach to a scan')
    .addArgument(scanArgument().default('latest'))
  waitOptions(watch).action(
    async (name: string, options: Timed<AttachOptions>, command: Command) => {
      const { runWatch } = await import('../commands/scans/watch.ts')
      end(await runWatch(await open(command), name, toAttachOptions(options)))
    },
  )

  const retry = program
    .command('retry')
    .description('retry failed types of a finished scan')
    .addArgument(new Argument('<scan>', 'id of the scan, or latest'))
    .argument('[resource...]', 'only these types')
    .option('--failed', 'all failed types (the default)')
    .option('--wait', 'watch it')
  waitOptions(retry).action(
    async (name: string, resources: string[], options: Timed<RetryOptions>, command: Command) => {
      const { runRetry } = await import('../commands/scans/control.ts')
      end(await runRetry(await open(command), [name, ...resources], toAttachOptions(options)))
    },
  )
  addDiscard(program, host)
  for (const [control, description] of CONTROLS) {
    const steer = program
      .command(control)
      .description(description)
      .addArgument(new Argument('<scan>', 'id of the scan, or latest'))
    steer.action(async (name: string, _options: unknown, command: Command) => {
      const { runControl } = await import('../commands/scans/control.ts')
      end(await runControl(await open(command), control, { name }))
    })
  }
  addResume(program, host)
}

function addDiscard(program: Command, { open, end }: CommandHost): void {
  program
    .command('discard')
    .description('discard failed types of a finished scan: they count as skipped')
    .addArgument(new Argument('<scan>', 'id of the scan, or latest'))
    .argument('[resource...]', 'only these types (default: all failed types)')
    .action(async (name: string, resources: string[], _options: unknown, command: Command) => {
      const { runDiscard } = await import('../commands/scans/discard.ts')
      end(await runDiscard(await open(command), name, resources))
    })
}

function addResume(program: Command, { open, end }: CommandHost): void {
  const resume = program
    .command('resume')
    .description('resume a paused scan, or end the pauses of a provider')
    .argument('[scan]', 'id of the scan, or latest')
    .addOption(
      new Option('--provider <name>', 'end its pauses and open circuit breakers')
        .choices(PROVIDERS)
        .conflicts(['maxCost', 'maxTokens', 'maxFailures']),
    )
    .option('--account <name>', 'only this account')
    .option('--model <name>', 'only this model')
  addBudgetOptions(resume).action(
    async (name: string | undefined, options: ResumeOptions, command: Command) => {
      const { runResume } = await import('../commands/scans/resume.ts')
      end(await runResume(await open(command), name, options))
    },
  )
}

const CONTROLS: [ScanControl, string][] = [
  ['cancel', 'cancel a scan and abort its running calls'],
  ['pause', 'pause a scan: running calls finish, no new call starts'],
]

function scanArgument(): Argument {
  return new Argument('[scan]', 'id of the scan, or latest')
}

function scanOptions(scan: Command): void {
  scan
    .option('--exclude <pattern>', 'types to exclude (repeatable)', parseList)
    .option('--full', 'analyze unchanged types as well')
    .option('--curated', 'use curated answers for well-known types: no call, no cost')
    .option('--no-curated', 'do not use curated answers, also not for well-known types')
    .option('--batch', 'use the batch API of the provider: half the price, up to 24 hours')
    .option('--dry-run', 'show the plan and its cost without starting a scan')
    .option('--strict', 'reject a pattern that matches no type, instead of a warning')
    .option('--cluster <name>', 'cluster: a context of the server’s kubeconfig')
    .addOption(new Option('--provider <name>', 'model provider').choices(PROVIDERS))
    .option('--model <name>', 'model of the provider')
    .addOption(
      new Option('--priority <level>', 'priority among running scans').choices(SCAN_PRIORITIES),
    )
    .addOption(
      new Option('--order <how>', 'order of the types (default: name)').choices(SCAN_ORDERS),
    )
    .addOption(
      new Option(
        '--on-conflict <what>',
        'when a scan of the cluster is running: join it if it covers this one, fail, or run in parallel (default: join)',
      ).choices(CONFLICT_POLICIES),
    )
    .option(
      '--concurrency <count>',
      'maximum number of its types in the queue at a time (default: all)',
      parseCount,
    )
    .option('-l, --label <key=value>', 'label of the scan (repeatable)', parseLabel)
    .option(
      '--confirm-above <usd>',
      'confirm a scan with a higher estimate; --yes without a terminal (default: 1)',
      parseMoney,
    )
    .addOption(new Option('--detach', 'start the scan and print its id').conflicts('wait'))
    .option('--wait', 'watch the scan to its end (the default)')
}

/** A scan pauses before a call that would exceed one of these limits. */
function addBudgetOptions(command: Command): Command {
  return command
    .option('--max-cost <usd>', 'pause before the cost exceeds this amount', parseMoney)
    .option('--max-tokens <count>', 'pause before the tokens exceed this number', parseCount)
    .option('--max-failures <count>', 'pause after this number of failed types', parseCount)
}

function waitOptions(command: Command): Command {
  return command
    .option(
      '--timeout <time>',
      'stop watching after this time, such as 15m; the scan continues',
      parseDurationOption,
    )
    .option(
      '--max-wait <time>',
      'exit with code 7 when the scan is paused or blocked for this time (default: 10m), or at once when it needs a person',
      parseDurationOption,
    )
    .addOption(
      new Option('--fail-on <what>', 'which failures set exit code 3')
        .choices(FAIL_ON_CHOICES)
        .default('any'),
    )
}

type Timed<T extends AttachOptions> = Omit<T, 'timeoutMs' | 'maxWaitMs'> & {
  timeout?: number
  maxWait?: number
}

function toAttachOptions<T extends AttachOptions>({ timeout, maxWait, ...options }: Timed<T>) {
  return {
    ...options,
    ...(timeout !== undefined && { timeoutMs: timeout }),
    ...(maxWait !== undefined && { maxWaitMs: maxWait }),
  }
}
