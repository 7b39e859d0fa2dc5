import { Option, type Command } from 'commander'
import { ScanStatus } from '@capstan/shared/contract/scan'
import { describeCapability, describeScan } from '../commands/describe.ts'
import { doctorCommand } from '../commands/doctor.ts'
import {
  getCapabilities,
  getProviders,
  getResources,
  getScans,
  getSchedules,
  getWorkers,
  type GetOptions,
} from '../commands/get.ts'
import { searchCommand, type SearchOptions } from '../commands/search.ts'
import { versionCommand } from '../commands/version.ts'
import type { ExitCode } from '../exit-code.ts'
import type { Io } from '../io.ts'
import { openSession, type GlobalOptions, type Session } from '../session.ts'
import { count, fraction, label } from './option-parsers.ts'

type OpenSession = (command: Command) => Session
type End = (code: ExitCode) => void

/** Commands that only read. */
export function addDataCommands(program: Command, io: Io, end: End): void {
  const session: OpenSession = (command) =>
    openSession(io, command.optsWithGlobals<GlobalOptions>())
  addGet(program, session, end)
  addDescribe(program, session, end)
  addExport(program, session, end)
  const search = program
    .command('search')
    .description('find types by what you want to do')
    .argument('<words...>', 'such as: postgres with backups')
    .option('--limit <n>', 'most results', count)
    .addOption(
      new Option('--mode <mode>', 'by meaning, by word, or both (default: hybrid)').choices([
        'hybrid',
        'semantic',
        'keyword',
      ]),
    )
  capabilityFilters(search)
  search.action(async (words: string[], options: SearchOptions, command: Command) => {
    end(await searchCommand(session(command), words, options))
  })
  program
    .command('doctor')
    .description('look for what keeps scans from working')
    .action(async (_options: unknown, command: Command) =>
      end(await doctorCommand(session(command))),
    )
  program
    .command('version')
    .description('show the versions of this program and of the server')
    .action(async (_options: unknown, command: Command) =>
      end(await versionCommand(session(command))),
    )
}

function addGet(program: Command, session: OpenSession, end: End): void {
  const get = program
    .command('get')
    .description('list scans, resources, capabilities, schedules, workers or providers')
  get
    .command('scans')
    .alias('scan')
    .description('scans, newest first')
    .addOption(new Option('--status <status>', 'only these').choices(ScanStatus.options))
    .option('--context <cluster>', 'only of this cluster')
    .option('-l, --label <key=value>', 'only with this label (repeatable)', label)
    .option('--limit <n>', 'at most so many (default: 50)', count)
    .action(async (options: GetOptions, command: Command) =>
      end(await getScans(session(command), options)),
    )
  get
    .command('resources')
    .alias('resource')
    .description('types the cluster offers, and whether anything is known of them')
    .argument('[part]', 'part of a name, kind or short name')
    .option('--context <name>', 'context of the server’s kubeconfig')
    .option('--group <group>', 'only of this API group')
    .option('--crd', 'only types that CRDs define')
    .addOption(new Option('--capability <state>', 'only').choices(['missing', 'stale', 'fresh']))
    .option('--limit <n>', 'at most so many', count)
    .action(async (part: string | undefined, options: GetOptions, command: Command) =>
      end(await getResources(session(command), part, options)),
    )
  addGetCapabilities(get, session, end)
  get
    .command('schedules')
    .alias('schedule')
    .description('scans by the clock')
    .action(async (_options: unknown, command: Command) =>
      end(await getSchedules(session(command))),
    )
  get
    .command('workers')
    .alias('worker')
    .description('worker processes that are alive')
    .action(async (_options: unknown, command: Command) => end(await getWorkers(session(command))))
  get
    .command('providers')
    .alias('provider')
    .description('model providers')
    .action(async (_options: unknown, command: Command) =>
      end(await getProviders(session(command))),
    )
}

function addGetCapabilities(get: Command, session: OpenSession, end: End): void {
  const capabilities = get
    .command('capabilities')
    .alias('capability')
    .description('what was found so far')
    .option('--stale', 'only what has changed or gone since')
    .option('--limit <n>', 'at most so many', count)
  capabilityFilters(capabilities)
  capabilities.action(async (options: GetOptions, command: Command) =>
    end(await getCapabilities(session(command), options)),
  )
}

/** The catalog for other programs: whole rows, one a line as they come. */
function addExport(program: Command, session: OpenSession, end: End): void {
  const exporting = program
    .command('export')
    .description('write everything that was found to stdout, as NDJSON unless -o says otherwise')
  capabilityFilters(exporting)
  exporting.action(async (options: GetOptions, command: Command) => {
    const { format = 'ndjson', ...rest } = session(command)
    end(await getCapabilities({ ...rest, format }, options))
  })
}

function addDescribe(program: Command, session: OpenSession, end: End): void {
  const describe = program
    .command('describe')
    .description('show everything about one scan or capability')
  describe
    .command('scan')
    .description('a scan, with everything that failed and why')
    .argument('[scan]', 'id of the scan, or latest', 'latest')
    .action(async (name: string, _options: unknown, command: Command) =>
      end(await describeScan(session(command), name)),
    )
  describe
    .command('capability')
    .description('what one type can do')
    .argument('<type>', 'plural.group, or any common spelling')
    .option('--context <cluster>', 'the cluster it is of')
    .action(async (name: string, options: { context?: string }, command: Command) =>
      end(await describeCapability(session(command), name, options)),
    )
}

function capabilityFilters(command: Command): void {
  command
    .option('--context <cluster>', 'only of this cluster')
    .option('--provider <name>', 'only for this cloud, vendor or project')
    .option('--group <group>', 'only of this API group')
    .addOption(new Option('--complexity <level>', 'only').choices(['low', 'medium', 'high']))
    .option('--min-confidence <0..1>', 'only at least so sure', fraction)
    .option('--low-confidence', 'only what a person should check')
    .option('--suspicious', 'only what may follow instructions in its definition')
}
