// Everything about the code that can be judged without running it, all at once. `node scripts/check.mjs lint types` runs
// only these parts. Paths after `--` restrict format and lint; one path of a package restricts types too. Ends with 1
// when any part finds something.
import { spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../', import.meta.url))

/**
 * Threads for each of the two parts that know types, which run at the same time. Every further one computes the types
 * of libraries again: with four, the default of tsc, it takes twice the CPU time of one.
 */
const TYPE_THREADS = String(Math.max(1, Math.floor(availableParallelism() / 2)))

/** Parts and their commands. */
const PARTS = {
  format: ['oxfmt', '--check', '.'],
  lint: ['oxlint', '--type-aware', '--deny-warnings'],
  types: ['tsc', '--checkers', TYPE_THREADS, '-p', '.'],
  // It runs in browsers, so it has a configuration of its own.
  dashboard: ['tsc', '-p', 'apps/dashboard'],
  client: ['packages/client/build/generate.ts', '--check'],
  boundaries: ['turbo', 'boundaries'],
  language: ['language-check.mjs'],
  'dead code': ['knip', '--no-progress', '--no-config-hints'],
}

const args = process.argv.slice(2)
const dashes = args.includes('--') ? args.indexOf('--') : args.length
const asked = args.slice(0, dashes)
const paths = args.slice(dashes + 1)

/** Arguments of the parts that can look at some paths only. A package is a single path. */
const NARROWED = {
  format: ['--check', ...paths],
  lint: ['--type-aware', '--deny-warnings', ...paths],
  language: paths,
  ...(paths.length === 1 ? { types: ['--checkers', TYPE_THREADS, '-p', ...paths] } : {}),
}
const unknown = asked.filter((name) => !(name in PARTS))
if (unknown.length > 0) {
  console.error(`no such part: ${unknown.join(', ')}; there are ${Object.keys(PARTS).join(', ')}`)
  process.exit(2)
}
const shims = packageManagerShim()
const names = Object.keys(PARTS).filter((name) => asked.length === 0 || asked.includes(name))
const results = await Promise.all(names.map(run))
rmSync(shims, { recursive: true })

for (const { name, passed, output } of results) {
  if (!passed) console.log(`── ${name} ──\n${output.trim()}\n`)
}
for (const { name, passed, seconds } of results) {
  console.log(
    `${passed ? 'ok    ' : 'FAILED'}  ${name.padEnd(10)}  ${seconds.toFixed(1).padStart(5)} s`,
  )
}
process.exitCode = results.every(({ passed }) => passed) ? 0 : 1

async function run(name) {
  const [command, ...rest] = PARTS[name]
  const words = paths.length > 0 && name in NARROWED ? NARROWED[name] : rest
  const started = performance.now()
  const [program, script] = locate(command)
  const child = spawn(program, [...script, ...words], { cwd: root, env: environment() })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk))
  const passed = await new Promise((resolve) => {
    child.once('error', (error) => {
      output += error.message
      resolve(false)
    })
    child.once('close', (code) => resolve(code === 0))
  })
  return { name, passed, output, seconds: (performance.now() - started) / 1000 }
}

/** Programs are in node_modules/.bin, `.mjs` files beside this one, and `.ts` files have a path from the root. */
function locate(command) {
  if (command.endsWith('.mjs')) return [process.execPath, [join(root, 'scripts', command)]]
  if (command.endsWith('.ts')) return [process.execPath, [join(root, command)]]
  return [join(root, 'node_modules/.bin', command), []]
}

function environment() {
  const path = [join(root, 'node_modules/.bin'), process.env.PATH, shims].join(delimiter)
  // oxlint runs the linter with types, a Go program.
  return {
    ...process.env,
    PATH: path,
    GOMAXPROCS: TYPE_THREADS,
    TURBO_TELEMETRY_DISABLED: '1',
    NO_UPDATE_NOTIFIER: '1',
  }
}

/** turbo refuses to start without its package manager on PATH, although `boundaries` only reads the version. */
function packageManagerShim() {
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const [name, version] = packageManager.split('@')
  const folder = mkdtempSync(join(tmpdir(), 'capstan-check-'))
  writeFileSync(join(folder, name), `#!/bin/sh\necho ${version}\n`)
  chmodSync(join(folder, name), 0o755)
  return folder
}
