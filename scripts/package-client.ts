// Builds the npm package `@capstan/client` from packages/client: JavaScript and types, with the files of packages/shared that
// it uses inside. The compiler writes both; imports of workspace packages become relative.
// node scripts/package-client.ts <folder for the .tgz>
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
import { tmpdir } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'

const ROOT = fileURLToPath(new URL('../', import.meta.url))
const SOURCE = join(ROOT, 'packages/client')
const ENTRY = 'packages/client/src/index'

const destination = resolve(process.argv[2] ?? '.')
const folder = mkdtempSync(join(tmpdir(), 'capstan-client-'))
try {
  compile()
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) useLocalImports(join(entry.parentPath, entry.name))
  }
  cpSync(join(ROOT, 'LICENSE'), join(folder, 'LICENSE'))
  cpSync(join(SOURCE, 'README.md'), join(folder, 'README.md'))
  writeFileSync(join(folder, 'package.json'), JSON.stringify(buildManifest(), undefined, 2))
  mkdirSync(destination, { recursive: true })
  const args = ['pack', '--silent', '--ignore-scripts', '--pack-destination', destination]
  console.log(
    join(destination, execFileSync('npm', args, { cwd: folder, encoding: 'utf8' }).trim()),
  )
} finally {
  rmSync(folder, { recursive: true })
}

function compile(): void {
  const config = join(SOURCE, 'tsconfig.package.json')
  const args = ['-p', config, '--rootDir', ROOT, '--outDir', folder]
  execFileSync(join(ROOT, 'node_modules/.bin/tsc'), args, {
    stdio: ['ignore', 'inherit', 'inherit'],
  })
}

/** Rewrites `@capstan/shared/async/backoff` to the path of the file beside it. */
function useLocalImports(path: string): void {
  const text = readFileSync(path, 'utf8')
  const local = text.replaceAll(/(?<=from ['"])@capstan\/([\w-]+)\/([^'"]+)/g, (_, name, file) =>
    relative(dirname(path), join(folder, 'packages', String(name), 'src', `${String(file)}.js`)),
  )
  if (local !== text) writeFileSync(path, local)
}

interface ClientManifest {
  name: string
  version: string
  description: string
  license: string
  dependencies: Record<string, string>
}

function buildManifest(): object {
  const text = readFileSync(join(SOURCE, 'package.json'), 'utf8')
  const manifest: ClientManifest = JSON.parse(text)
  const { name, version, description, license, dependencies } = manifest
  return {
    name,
    version,
    description,
    license,
    type: 'module',
    sideEffects: false,
    exports: { '.': { types: `./${ENTRY}.d.ts`, default: `./${ENTRY}.js` } },
    dependencies: findVersions(Object.keys(dependencies)),
  }
}

/** Third-party dependencies in the versions of the catalog. */
function findVersions(names: string[]): Record<string, string> {
  const workspace: { catalog: Record<string, string> } = parse(
    readFileSync(join(ROOT, 'pnpm-workspace.yaml'), 'utf8'),
  )
  const others = names.filter((name) => !name.startsWith('@capstan/'))
  return Object.fromEntries(
    others.map((name) => {
      const version = workspace.catalog[name]
      if (version === undefined) throw new Error(`the catalog has no ${name}`)
      return [name, version]
    }),
  )
}
