import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { COMPILE_CACHE } from '@capstan/testkit/compile-cache'
import { SEEDED_VIOLATIONS, type SeededViolation } from './seeded-violations.ts'

// A check that finds nothing looks like a check that examines nothing, so each one is given a violation.

const ROOT = fileURLToPath(new URL('../', import.meta.url))
const NOT_COPIED = new Set(['.git', '.turbo', '.capstan', '.cache', 'coverage'])

/** Dependencies that no manifest may have: folder and package. */
const ARROWS: [from: string, to: string][] = [
  ['apps/worker', 'api'],
  ['apps/cli', 'bench'],
  ['apps/cli', 'llm'],
  ['packages/client', 'llm'],
  ['packages/cluster', 'llm'],
  ['packages/limits', 'llm'],
  ['packages/scan-store', 'catalog'],
  ['packages/rule-based-answers', 'llm'],
  ['packages/curated-answers', 'llm'],
  ['sims/provider-sim', 'llm'],
]

const SEEDED_FILES = SEEDED_VIOLATIONS.map(({ file }) => file)

let copy: string

beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), 'capstan-fences-'))
  for (const name of await readdir(ROOT)) {
    if (name === 'node_modules') await linkModules()
    else if (!NOT_COPIED.has(name)) await copyOver(name)
  }
})

afterAll(() => rm(copy, { recursive: true, force: true }))

/** Shares the installed packages, but takes those of the workspace from the copy. */
async function linkModules(): Promise<void> {
  const own = 'node_modules/@capstan'
  await mkdir(join(copy, 'node_modules'))
  for (const name of await readdir(join(ROOT, 'node_modules'))) {
    const path = `node_modules/${name}`
    if (path === own) await copyOver(path)
    else await symlink(join(ROOT, path), join(copy, path))
  }
}

async function copyOver(path: string): Promise<void> {
  await cp(join(ROOT, path), join(copy, path), { recursive: true, verbatimSymlinks: true })
}

/** Runs `check` in the copy on the seeded files; returns the output of each part that failed. */
async function check(): Promise<Map<string, string>> {
  const child = spawn(process.execPath, [join(copy, 'scripts/check.mjs'), '--', ...SEEDED_FILES], {
    env: { PATH: process.env['PATH'] ?? '', NO_COLOR: '1', ...COMPILE_CACHE },
  })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const [code] = await once(child, 'close')
  const failed = new Map<string, string>()
  for (const [, part = '', text = ''] of output.matchAll(
    /^── (.+?) ──\n([^]*?)(?=\n\n── |\n\n(?:ok|FAILED) )/gm,
  )) {
    failed.set(part, text)
  }
  if (code !== (failed.size === 0 ? 0 : 1)) throw new Error(`check ended with ${code}:\n${output}`)
  return failed
}

describe('every fence holds', () => {
  let failed: Map<string, string>

  beforeAll(async () => {
    for (const { file, text } of SEEDED_VIOLATIONS) await writeFile(join(copy, file), text)
    for (const [from, to] of ARROWS) {
      const name = `@capstan/${to}`
      await edit(`${from}/package.json`, ({ dependencies }) => {
        dependencies[name] = 'workspace:*'
      })
    }
    await edit('packages/llm/package.json', (manifest) => {
      Object.assign(manifest.dependencies, { pino: 'catalog:' })
    })
    // The compiler looks at the seeded files and what they import; CI runs the whole check once, beside this test.
    const config = await readFile(join(copy, 'tsconfig.json'), 'utf8')
    const { compilerOptions } = JSON.parse(config)
    await writeFile(
      join(copy, 'tsconfig.json'),
      JSON.stringify({ compilerOptions, files: SEEDED_FILES }),
    )
    failed = await check()
  })

  test.each(SEEDED_VIOLATIONS)('against $rule', ({ part, file, message }) => {
    expect(reportsOn(failed.get(part) ?? '', file, message)).toBe(true)
  })

  test.each(ARROWS)('against a dependency of %s on %s', (from, to) => {
    const text = (failed.get('boundaries') ?? '').replaceAll(/\s*\n\s*\|?\s*/g, ' ')
    const [source, target] = [`@capstan/${from.split('/').at(-1)}`, `@capstan/${to}`]
    const denied = `\`${target}\` found with tag listed in denylist for \`${source}\``
    const notAllowed = `\`${source}\` found without any tag listed in allowlist for \`${target}\``
    // A long line is broken after a slash.
    expect([denied, notAllowed].some((report) => text.replaceAll('/ ', '/').includes(report))).toBe(
      true,
    )
  })

  test('against an unused dependency', () => {
    expect(failed.get('dead code')).toMatch(/^pino +packages\/llm\/package.json/m)
  })
})

test.each(['@kubernetes/client-node', '@anthropic-ai/sdk', 'openai', 'testcontainers'])(
  'only one package names %s',
  async (sdk) => {
    const owners = []
    for (const folder of ['apps', 'packages', 'sims', '.']) {
      for (const name of await readdir(join(ROOT, folder))) {
        const manifest = await readManifest(join(ROOT, folder, name)).catch(() => undefined)
        if (manifest && sdk in { ...manifest.dependencies, ...manifest.devDependencies }) {
          owners.push(`${folder}/${name}`)
        }
      }
    }
    expect(owners).toHaveLength(1)
  },
)

interface Manifest {
  dependencies: Record<string, string>
  devDependencies: Record<string, string>
}

async function readManifest(folder: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
}

async function edit(file: string, change: (manifest: Manifest) => void): Promise<void> {
  const manifest = JSON.parse(await readFile(join(copy, file), 'utf8'))
  change(manifest)
  await writeFile(join(copy, file), JSON.stringify(manifest, undefined, 2))
}

/** One and the same report names the file and message what is wrong. */
function reportsOn(output: string, file: SeededViolation['file'], message: string): boolean {
  const reports = output.split(/\n(?=\s*[×x!] )|\n(?=\S)/)
  return reports.some((report) => report.includes(file) && report.includes(message))
}
