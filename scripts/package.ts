// Builds the npm package `capstan`: CLI, API, dashboard, worker and simulators, with the workspace packages inside. Node
// strips no types below node_modules, so this script strips them. Imports become relative, paths stay as in
// the repository.
// node scripts/package.ts <folder for the .tgz>
import { execFileSync } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, extname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'

const ROOT = fileURLToPath(new URL('../', import.meta.url))
const PARTS = [
  ...['cli', 'api', 'worker'].map((name) => `apps/${name}`),
  ...['cluster-sim', 'provider-sim'].map((name) => `sims/${name}`),
  ...['shared', 'redis', 'local-redis', 'limits', 'scan-store'].map((name) => `packages/${name}`),
  ...['client', 'cluster', 'catalog', 'llm', 'curated-answers', 'rule-based-answers'].map(
    (name) => `packages/${name}`,
  ),
]
const MAIN = 'apps/cli/src/main.js'

interface Manifest {
  version: string
  license: string
  type: string
  dependencies?: Record<string, string>
}

const destination = resolve(process.argv[2] ?? '.')
const folder = mkdtempSync(join(tmpdir(), 'capstan-package-'))
try {
  for (const part of PARTS) copyPart(part)
  buildDashboardFiles()
  for (const name of ['LICENSE', 'README.md']) cpSync(join(ROOT, name), join(folder, name))
  writeJson(join(folder, 'package.json'), packageManifest())
  mkdirSync(destination, { recursive: true })
  const args = ['pack', '--silent', '--ignore-scripts', '--pack-destination', destination]
  const name = execFileSync('npm', args, { cwd: folder, encoding: 'utf8' }).trim()
  console.log(join(destination, name))
} finally {
  rmSync(folder, { recursive: true })
}

/** An installed package has no sources of the dashboard, so it contains the built files. */
function buildDashboardFiles(): void {
  const target = join(folder, 'apps/dashboard/dist')
  execFileSync(process.execPath, [join(ROOT, 'apps/dashboard/build/main.ts'), '--into', target])
}

function copyPart(part: string): void {
  const { version, type } = readManifest(part)
  for (const entry of readdirSync(join(ROOT, part), { recursive: true, withFileTypes: true })) {
    const path = join(part, relative(join(ROOT, part), join(entry.parentPath, entry.name)))
    if (entry.isFile() && isRunTime(path.slice(part.length + 1))) copyFile(path)
  }
  writeJson(join(folder, part, 'package.json'), { version, type })
}

/** Source files and the files that they read; no tests, and no generated types. */
function isRunTime(path: string): boolean {
  if (path.startsWith('src/generated/')) return false
  return /^(src|clusters)\//.test(path) && !path.endsWith('.test.ts')
}

function copyFile(path: string): void {
  const isSource = extname(path) === '.ts'
  const target = join(folder, isSource ? path.replace(/\.ts$/, '.js') : path)
  mkdirSync(dirname(target), { recursive: true })
  if (!isSource) return cpSync(join(ROOT, path), target)
  const source = readFileSync(join(ROOT, path), 'utf8')
  writeFileSync(target, withLocalImports(stripTypeScriptTypes(source), path))
}

/** Rewrites `@capstan/shared/errors` and `./line.ts` to relative paths of JavaScript files. */
function withLocalImports(source: string, path: string): string {
  return source
    .replaceAll(
      /((?:from|import\() ?['"])@capstan\/([\w-]+)\/([^'"]+)/g,
      (_, begin, name, file) => {
        const target = relative(dirname(path), join('packages', String(name), 'src', String(file)))
        return `${String(begin)}${target.startsWith('.') ? target : `./${target}`}.js`
      },
    )
    .replaceAll(/(?<=['"`][^'"`\n]*\w)\.ts(?=['"`])/g, '.js')
}

function packageManifest(): object {
  const { version, license } = readManifest('apps/cli')
  return {
    name: 'capstan',
    version,
    description: 'Finds out what a Kubernetes cluster can do.',
    license,
    type: 'module',
    bin: { capstan: MAIN },
    engines: { node: '>=24' },
    dependencies: thirdPartyDependencies(),
  }
}

/** Third-party dependencies in the versions of the catalog. */
function thirdPartyDependencies(): Record<string, string> {
  const workspace = parse(readFileSync(join(ROOT, 'pnpm-workspace.yaml'), 'utf8')) as {
    catalog: Record<string, string>
  }
  const names = PARTS.flatMap((part) => Object.keys(readManifest(part).dependencies ?? {}))
  const others = [...new Set(names)].filter((name) => !name.startsWith('@capstan/')).toSorted()
  return Object.fromEntries(
    others.map((name) => {
      const version = workspace.catalog[name]
      if (version === undefined)
        throw new Error(`the catalog of pnpm-workspace.yaml has no ${name}`)
      return [name, version]
    }),
  )
}

function readManifest(part: string): Manifest {
  return JSON.parse(readFileSync(join(ROOT, part, 'package.json'), 'utf8')) as Manifest
}

function writeJson(file: string, value: object): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`)
}
