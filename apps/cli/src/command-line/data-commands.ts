import { Option, type Command } from 'commander'
import {
  COMPLEXITIES,
  FRESHNESS_STATES,
  SEARCH_MODES,
  SHOWN_SOURCES,
} from '@capstan/shared/contract/choice-names'
import { SCAN_STATUSES } from '@capstan/shared/contract/scan/scan-status-names'
import type { GetOptions } from '../commands/show/get.ts'
import type { SearchCommandOptions } from '../commands/show/search.ts'
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
    .description('search types by intent')
    .argument('<words...>', 'such as: postgres with backups')
    .option('--limit <n>', 'maximum number of results', parseCount)
    .addOption(
      new Option(
        '--mode <mode>',
        'semantic index, keyword index, or both (default: hybrid)',
      ).choices(SEARCH_MODES),
    )
  search.option('--min-score <0..1>', 'only matches with at least this score', parseFraction)
  addCapabilityFilters(search)
  search.action(async (words: string[], options: SearchCommandOptions, command: Command) => {
    const { runSearch } = await import('../commands/show/search.ts')
    end(await runSearch(await open(command), words, options))
  })
  addExample(program, host)
  program
    .command('doctor')
    .description('check everything that a scan needs')
    .action(async (_options: unknown, command: Command) => {
      const { runDoctor } = await import('../commands/doctor/doctor.ts')
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
    .description(
      'list scans, resources, capabilities, schedules, workers, providers or the audit log',
    )
  get
    .command('scans')
    .alias('scan')
    .description('scans, newest first')
    .addOption(new Option('--status <status>', 'only these').choices(SCAN_STATUSES))
    .option('--cluster <name>', 'only this cluster')
    .option('-l, --label <key=value>', 'only with this label (repeatable)', parseLabel)
    .option('--limit <n>', 'maximum number (default: 50)', parseCount)
    .action(async (options: GetOptions, command: Command) => {
      const { getScans } = await import('../commands/show/get.ts')
      end(await getScans(await open(command), options))
    })
  get
    .command('resources')
    .alias('resource')
    .description('types of the cluster and the state of their catalog rows')
    .argument('[part]', 'part of a name, kind or short name')
    .option('--cluster <name>', 'cluster: a context of the server’s kubeconfig')
    .option('--group <group>', 'only this API group')
    .option('--crd', 'only types that CRDs define')
    .addOption(new Option('--capability <state>', 'only').choices(FRESHNESS_STATES))
    .option('--limit <n>', 'maximum number', parseCount)
    .action(async (part: string | undefined, options: GetOptions, command: Command) => {
      const { getResources } = await import('../commands/show/get.ts')
      end(await getResources(await open(command), part, options))
    })
  addGetCapabilities(get, host)
  addGetProcesses(get, host)
}

function addGetProcesses(get: Command, { open, end }: CommandHost): void {
  get
    .command('schedules')
    .alias('schedule')
    .description('scan schedules')
    .action(async (_options: unknown, command: Command) => {
      const { getSchedules } = await import('../commands/show/get.ts')
      end(await getSchedules(await open(command)))
    })
  get
    .command('workers')
    .alias('worker')
    .description('running worker processes')
    .action(async (_options: unknown, command: Command) => {
      const { getWorkers } = await import('../commands/show/get.ts')
      end(await getWorkers(await open(command)))
    })
  get
    .command('providers')
    .alias('provider')
    .description('model providers')
    .action(async (_options: unknown, command: Command) => {
      const { getProviders } = await import('../commands/show/get.ts')
      end(await getProviders(await open(command)))
    })
  get
    .command('audit')
    .description('changes and who made them, newest first; needs the scope admin')
    .option('--limit <n>', 'maximum number (default: 50)', parseCount)
    .action(async (options: GetOptions, command: Command) => {
      const { getAudit } = await import('../commands/show/get.ts')
      end(await getAudit(await open(command), options))
    })
}

function addGetCapabilities(get: Command, { open, end }: CommandHost): void {
  const capabilities = get
    .command('capabilities')
    .alias('capability')
    .description('capabilities in the catalog')
    .option('--stale', 'only types that changed or were removed since')
    .option('--limit <n>', 'maximum number', parseCount)
  addCapabilityFilters(capabilities)
  capabilities.action(async (options: GetOptions, command: Command) => {
    const { getCapabilities } = await import('../commands/show/get.ts')
    end(await getCapabilities(await open(command), options))
  })
}

/** Exports complete catalog rows for other programs, one per line. */
function addExport(program: Command, { open, end }: CommandHost): void {
  const exporting = program
    .command('export')
    .description('write the catalog to stdout, as NDJSON unless -o names another format')
  addCapabilityFilters(exporting)
  exporting.action(async (options: GetOptions, command: Command) => {
    const { format = 'ndjson', ...rest } = await open(command)
    const { getCapabilities } = await import('../commands/show/get.ts')
    end(await getCapabilities({ ...rest, format }, options))
  })
}

function addExample(program: Command, { open, end }: CommandHost): void {
  program
    .command('example')
    .description('write a minimal manifest of one type as YAML, from its schema')
    .argument('<type>', 'plural.group, or any common spelling')
    .option('--cluster <name>', 'cluster: a context of the server’s kubeconfig')
    .action(async (name: string, options: { cluster?: string }, command: Command) => {
      const { showExample } = await import('../commands/show/example.ts')
      end(await showExample(await open(command), name, options))
    })
}

function addDescribe(program: Command, { open, end }: CommandHost): void {
  const describe = program.command('describe').description('show details of one scan or capability')
  describe
    .command('scan')
    .description('one scan with its failures')
    .argument('[scan]', 'id of the scan, or latest', 'latest')
    .action(async (name: string, _options: unknown, command: Command) => {
      const { describeScan } = await import('../commands/show/describe.ts')
      end(await describeScan(await open(command), name))
    })
  describe
    .command('capability')
    .description('the capability of one type')
    .argument('<type>', 'plural.group, or any common spelling')
    .option('--cluster <name>', 'name of the cluster')
    .action(async (name: string, options: { cluster?: string }, command: Command) => {
      const { describeCapability } = await import('../commands/show/describe.ts')
      end(await describeCapability(await open(command), name, options))
    })
}

function addCapabilityFilters(command: Command): void {
  command
    .option('--cluster <name>', 'only this cluster')
    .option('--provider <name>', 'only for this cloud, vendor or project')
    .option('--group <group>', 'only this API group')
    .addOption(new Option('--complexity <level>', 'only').choices(COMPLEXITIES))
    .addOption(new Option('--source <source>', 'only with this source').choices(SHOWN_SOURCES))
    .option('--min-confidence <0..1>', 'minimum confidence', parseFraction)
    .option('--low-confidence', 'only answers with low confidence')
    .option('--suspicious', 'only answers that may follow instructions in the definition')
}
