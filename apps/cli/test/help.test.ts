import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Command } from 'commander'
import { expect, onTestFinished, test } from 'vitest'
import { buildProgram } from '../src/cli.ts'
import { EXAMPLES } from '../src/command-line/examples.ts'
import { runCapstan } from './run-capstan.ts'

const run = promisify(execFile)
const ROOT = fileURLToPath(new URL('../../../', import.meta.url))

/** Writes the URL of each module that Node loads. */
const HOOK = `import { registerHooks } from 'node:module'
import { writeSync } from 'node:fs'
registerHooks({ load(url, context, next) { writeSync(2, url + '\\n'); return next(url, context) } })
`

async function loadedBy(...args: string[]): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'capstan-help-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const hook = join(folder, 'hook.mjs')
  await writeFile(hook, HOOK)
  const main = join(ROOT, 'apps/cli/src/main.ts')
  const { stderr } = await run(process.execPath, ['--import', hook, main, ...args], { env: {} })
  return stderr.split('\n').filter((line) => line.startsWith('file:'))
}

/** The parser of the command line, and string-width with its dependencies. */
const LIBRARIES =
  /\/node_modules\/(?:commander|string-width|strip-ansi|ansi-regex|get-east-asian-width)\//

test.each([[['--help']], [['scan', '--help']], [['help', 'get']], [['--version']]])(
  '%j loads only modules of the command line',
  async (args) => {
    const loaded = await loadedBy(...args)
    const others = loaded.filter((url) => !url.includes('/apps/cli/') && !LIBRARIES.test(url))
    expect(others.map((url) => url.slice(url.indexOf('/packages/'))).toSorted()).toEqual([
      '/packages/shared/src/config/fold-proxy-names.ts',
      '/packages/shared/src/contract/choice-names.ts',
      '/packages/shared/src/contract/provider-names.ts',
      '/packages/shared/src/contract/scan/scan-status-names.ts',
      '/packages/shared/src/json/is-record.ts',
      '/packages/shared/src/log/disable-blocking-writes.ts',
      '/packages/shared/src/text/quote-shell-word.ts',
      '/packages/shared/src/text/units.ts',
    ])
    expect(loaded.filter((url) => /\/apps\/cli\/src\/(client|stack)\//.test(url))).toEqual([])
  },
)

const program = buildProgram({
  io: {
    out: () => undefined,
    err: () => undefined,
    ask: async () => undefined,
    canAsk: false,
    outIsTerminal: false,
    errIsTerminal: false,
    columns: () => 80,
    program: 'capstan',
    environment: {},
    interrupted: new AbortController().signal,
  },
  open: () => Promise.reject(new Error('no command runs here')),
  end: () => undefined,
})

function commandsBelow(command: Command, path: string[] = []): [string, Command][] {
  return command.commands.flatMap((child): [string, Command][] => {
    const name = [...path, child.name()]
    return [[name.join(' '), child], ...commandsBelow(child, name)]
  })
}

const COMMANDS = commandsBelow(program)

test('every command has examples, and every example belongs to a command', () => {
  expect(Object.keys(EXAMPLES).toSorted()).toEqual(
    ['', ...COMMANDS.map(([path]) => path)].toSorted(),
  )
})

test.each(COMMANDS.map(([path]) => path))(
  'capstan %s --help ends with its examples',
  async (path) => {
    const { code, out } = await runCapstan([...path.split(' '), '--help'])
    expect(code).toBe(0)
    const [, examples = ''] = /\nExamples:\n([^]*)$/.exec(out) ?? []
    for (const example of EXAMPLES[path] ?? []) expect(examples).toContain(`  capstan ${example}\n`)
  },
)

test.each(Object.values(EXAMPLES).flat())('the example "capstan %s" can be parsed', (example) => {
  const words = (example.split(' > ')[0] ?? '').match(/"[^"]*"|\S+/g) ?? []
  const [command, rest] = findCommand(program, words)
  const options = [...command.options, ...program.options]
  const parsed = command.parseOptions(rest.map((word) => word.replaceAll('"', '')))
  const unknown = parsed.unknown.filter((word) => word.startsWith('-'))
  expect(
    unknown.filter((word) => !options.some(({ long, short }) => long === word || short === word)),
  ).toEqual([])
  expect(command.registeredArguments.filter(({ required }) => required).length).toBeLessThanOrEqual(
    parsed.operands.length + parsed.unknown.length,
  )
})

function findCommand(command: Command, words: string[]): [Command, string[]] {
  const child = command.commands.find((one) => one.name() === words[0])
  return child ? findCommand(child, words.slice(1)) : [command, words]
}
