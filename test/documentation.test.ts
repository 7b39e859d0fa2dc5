import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const ROOT = fileURLToPath(new URL('../', import.meta.url))
const read = (path: string): string => readFileSync(`${ROOT}${path}`, 'utf8')
const list = (...patterns: string[]): string[] =>
  execFileSync('git', ['ls-files', '-z', ...patterns], { cwd: ROOT, encoding: 'utf8' })
    .split('\0')
    .filter(Boolean)

const pages = list('docs/*.md', '*.md').filter((path) => /^(docs\/|[A-Z]+\.md$)/.test(path))
const sources = list(
  'apps/*.ts',
  'packages/*.ts',
  'sims/*.ts',
  'bench/*.ts',
  'test/*.ts',
  'scripts/*',
)
const others = [...list('docker-compose.yml', 'deploy/*', '.ci/*'), ...sources]

/** Names in the pages, each with the pages that name it. */
function findNames(pattern: RegExp): Map<string, string[]> {
  const names = new Map<string, string[]>()
  for (const page of pages) {
    for (const [name] of read(page).matchAll(pattern)) {
      names.set(name, [...(names.get(name) ?? []), page])
    }
  }
  return names
}

test('every setting and metric that the documentation names exists', () => {
  const known = new Set(others.flatMap((path) => read(path).match(/[A-Za-z0-9_]+/g) ?? []))
  const settings = findNames(
    /\b(?:CAPSTAN|EMBEDDINGS|QDRANT|ANTHROPIC|OPENAI)_[A-Z0-9_]*[A-Z0-9]\b/g,
  )
  const metrics = findNames(
    /\bcapstan_[a-z_]+_(?:total|seconds|limit|state|jobs|workers|tokens|usd)\b/g,
  )
  expect(settings.size).toBeGreaterThan(40)
  expect(metrics.size).toBeGreaterThan(5)
  for (const [name, where] of [...settings, ...metrics]) {
    // Each setting can also be set as NAME_FILE.
    const isKnown = known.has(name) || known.has(name.replace(/_FILE$/, ''))
    expect([isKnown, name, where]).toEqual([true, name, where])
  }
})

test('every source file that the documentation names exists', () => {
  const files = findNames(
    /\b(?:apps|packages|sims|bench|scripts|test)\/[\w./-]+\.(?:ts|mjs|lua|txt|json)\b/g,
  )
  expect(files.size).toBeGreaterThan(40)
  for (const [path, where] of files) {
    if (path.startsWith('apps/x/')) continue
    expect([existsSync(`${ROOT}${path}`), path, where]).toEqual([true, path, where])
  }
})

test('every path of the API that the documentation names exists', () => {
  const routes = list('apps/api/src/*.ts')
    .flatMap((path) => [...read(path).matchAll(/['`](\/[a-z][\w/:*.{}$-]*)['`]/g)])
    .map(
      ([, pattern = '']) =>
        new RegExp(`^/api/v1${pattern.replaceAll(/:\w+|\$\{\w+\}/g, '[^/]+')}$`),
    )
  const paths = findNames(/\/api\/v1\/[\w/{}$%.-]*[\w}]/g)
  expect(paths.size).toBeGreaterThan(20)
  for (const [path, where] of paths) {
    // This page names the paths of dot-ai as well.
    if (where.every((page) => page === 'docs/migrating-from-dot-ai.md')) continue
    expect([routes.some((route) => route.test(path)), path, where]).toEqual([true, path, where])
  }
})
