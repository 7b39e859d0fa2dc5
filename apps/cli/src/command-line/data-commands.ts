import { Option, type Command } from 'commander'
import { SCAN_STATUSES } from '@capstan/shared/contract/scan/scan-status-names'
import type { GetOptions } from '../commands/get.ts'
import type { SearchCommandOptions } from '../commands/search.ts'
import type { CommandHost } from './command-host.ts'
import { parseCount, parseFraction, parseLabel } from './option-parsers.ts'

/** Read-only commands. */
export function addDataCommands(program: Command, host: CommandHost): void {
  const { open, end } = host
  addGet(program, host)
  addDescribe(program, host)
  addExport(program, host)
  const search = program
    .command('search')
    .description('find types by what you want to do')
    .argument('<words...>', 'such as: postgres with backups')
    .option('--limit <n>', 'most results', parseCount)
    .addOption(
      new Option('--mode <mode>', 'by meaning, by word, or both (default: hybrid)').choices([
        'hybrid',
        'semantic',
        'keyword',
      ]),
    )
  capabilityFilters(search)
  search.action(async (words: string[], options: SearchCommandOptions, command: Command) => {
    const { runSearch } = await import('../commands/search.ts')
    end(await runSearch(await open(command), words, options))
  })
  program
    .command('doctor')
    .description('look for what keeps scans from working')
    .action(async (_options: unknown, command: Command) => {
      const { runDoctor } = await import('../commands/doctor.ts')
      end(await runDoctor(await open(command)))
    })
  program
    .command('version')
    .description('show the versions of this program and of the server')
    .action(async (_options: unknown, command: Command) => {
      const { runVersion } = await import('../commands/version.ts')
      end(await runVersion(await open(command)))
    })
}

function addGet(program: Command, host: CommandHost): void {
  const { open, end } = host
  const get = program
    .command('get')
    .description('list scans, resources, capabilities, schedules, workers or providers')
  get
    .command('scans')
    .alias('scan')
    .description('scans, newest first')
    .addOption(new Option('--status <status>', 'only these').choices(SCAN_STATUSES))
    .option('--cluster <name>', 'only of this cluster')
    .option('-l, --label <key=value>', 'only with this label (repeatable)', parseLabel)
    .option('--limit <n>', 'at most so many (default: 50)', parseCount)
    .action(async (options: GetOptions, command: Command) => {
      const { getScans } = await import('../commands/get.ts')
      end(await getScans(await open(command), options))
    })
  get
    .command('resources')
    .alias('resource')
    .description('types the cluster offers, and whether anything is known of them')
    .argument('[part]', 'part of a name, kind or short name')
    .option('--cluster <name>', 'cluster: a context of the server’s kubeconfig')
    .option('--group <group>', 'only of this API group')
    .option('--crd', 'only types that CRDs define')
    .addOption(new Option('--capability <state>', 'only').choices(['missing', 'stale', 'fresh']))
    .option('--limit <n>', 'at most so many', parseCount)
    .action(async (part: string | undefined, options: GetOptions, command: Command) => {
      const { getResources } = await import('../commands/get.ts')
      end(await getResources(await open(command), part, options))
    })
  addGetCapabilities(get, host)
  addGetProcesses(get, host)
}

function addGetProcesses(get: Command, { open, end }: CommandHost): void {
  get
    .command('schedules')
    .alias('schedule')
    .description('scans by the clock')
    .action(async (_options: unknown, command: Command) => {
      const { getSchedules } = await import('../commands/get.ts')
      end(await getSchedules(await open(command)))
    })
  get
    .command('workers')
    .alias('worker')
    .description('worker processes that are alive')
    .action(async (_options: unknown, command: Command) => {
      const { getWorkers } = await import('../commands/get.ts')
      end(await getWorkers(await open(command)))
    })
  get
    .command('providers')
    .alias('provider')
    .description('model providers')
    .action(async (_options: unknown, command: Command) => {
      const { getProviders } = await import('../commands/get.ts')
      end(await getProviders(await open(command)))
    })
}

function addGetCapabilities(get: Command, { open, end }: CommandHost): void {
  const capabilities = get
    .command('capabilities')
    .alias('capability')
    .description('what was found so far')
    .option('--stale', 'only what has changed or gone since')
    .option('--limit <n>', 'at most so many', parseCount)
  capabilityFilters(capabilities)
  capabilities.action(async (options: GetOptions, command: Command) => {
    const { getCapabilities } = await import('../commands/get.ts')
    end(await getCapabilities(await open(command), options))
  })
}

/** Exports complete catalog rows for other programs, one per line. */
function addExport(program: Command, { open, end }: CommandHost): void {
  const exporting = program
    .command('export')
    .description('write everything that was found to stdout, as NDJSON unless -o says otherwise')
  capabilityFilters(exporting)
  exporting.action(async (options: GetOptions, command: Command) => {
    const { format = 'ndjson', ...rest } = await open(command)
    const { getCapabilities } = await import('../commands/get.ts')
    end(await getCapabilities({ ...rest, format }, options))
  })
}

function addDescribe(program: Command, { open, end }: CommandHost): void {
  const describe = program
    .command('describe')
    .description('show everything about one scan or capability')
  describe
    .command('scan')
    .description('a scan, with everything that failed and why')
    .argument('[scan]', 'id of the scan, or latest', 'latest')
    .action(async (name: string, _options: unknown, command: Command) => {
      const { describeScan } = await import('../commands/describe.ts')
      end(await describeScan(await open(command), name))
    })
  describe
    .command('capability')
    .description('what one type can do')
    .argument('<type>', 'plural.group, or any common spelling')
    .option('--cluster <name>', 'the cluster it is of')
    .action(async (name: string, options: { cluster?: string }, command: Command) => {
      const { describeCapability } = await import('../commands/describe.ts')
      end(await describeCapability(await open(command), name, options))
    })
}

function capabilityFilters(command: Command): void {
  command
    .option('--cluster <name>', 'only of this cluster')
    .option('--provider <name>', 'only for this cloud, vendor or project')
    .option('--group <group>', 'only of this API group')
    .addOption(new Option('--complexity <level>', 'only').choices(['low', 'medium', 'high']))
    .option('--min-confidence <0..1>', 'only at least so sure', parseFraction)
    .option('--low-confidence', 'only what a person should check')
    .option('--suspicious', 'only what may follow instructions in its definition')
}
