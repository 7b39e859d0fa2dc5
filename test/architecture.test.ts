import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../', import.meta.url))

/** Each package of the table in ARCHITECTURE.md with its imports. */
function readTable(): Record<string, string[]> {
  const page = readFileSync(`${root}ARCHITECTURE.md`, 'utf8')
  const table = page.slice(page.indexOf('| package | holds | imports |'))
  const rows = table.slice(0, table.indexOf('\n\n')).split('\n').slice(2)
  return Object.fromEntries(
    rows.map((row) => {
      const [name = '', , imports = ''] = row.split('|').slice(1)
      return [names(name)[0], names(imports).toSorted()]
    }),
  )
}

function names(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name)
}

/** Each workspace package with the workspace packages that its manifest lists for its sources. */
function readManifests(): Record<string, string[]> {
  const folders = ['apps', 'packages', 'sims'].flatMap((parent) =>
    readdirSync(`${root}${parent}`).map((name) => `${parent}/${name}`),
  )
  return Object.fromEntries([...folders, 'bench'].map((folder) => [folder, readImports(folder)]))
}

function readImports(folder: string): string[] {
  const text = readFileSync(`${root}${folder}/package.json`, 'utf8')
  const { dependencies = {} } = JSON.parse(text) as { dependencies?: Record<string, string> }
  const own = Object.keys(dependencies).filter((name) => name.startsWith('@capstan/'))
  return own.map((name) => name.replace('@capstan/', '')).toSorted()
}

test('the table of packages in ARCHITECTURE.md has the imports of all manifests', () => {
  expect(readTable()).toEqual(readManifests())
})

/** Paths of product files from the root: sources of all packages, without tests and what is made for tests. */
function listProductFiles(): string[] {
  return ['apps', 'packages', 'sims']
    .flatMap((parent) => readdirSync(`${root}${parent}`).map((name) => `${parent}/${name}/src`))
    .filter((folder) => folder !== 'packages/testkit/src')
    .flatMap(listFiles)
}

function listFiles(folder: string): string[] {
  return readdirSync(`${root}${folder}`, { recursive: true, encoding: 'utf8' })
    .filter((file) => /(?<!\.(test|suite))\.ts$|\.lua$/.test(file))
    .map((file) => `${folder}/${file}`)
}

// Lint reports each cast that has no comment.
test('at most 15 casts are left, each with a reason', () => {
  const casts = listProductFiles().flatMap((file) =>
    readFileSync(`${root}${file}`, 'utf8')
      .split('\n')
      .filter((line) => line.includes('oxlint-disable') && line.includes('type-assertions'))
      .map((line) => ({ file, line: line.trim() })),
  )
  const withoutReason = casts.filter(
    ({ line }) => !/^\/\/ oxlint-disable-next-line [\w/-]+ -- \S/.test(line),
  )
  expect(withoutReason).toEqual([])
  expect(casts.length).toBeLessThanOrEqual(15)
})

interface SourceFile {
  /** From apps/worker/src. */
  path: string
  text: string
}

/** Folders of apps/worker/src as ARCHITECTURE.md orders them: each imports those behind it. */
function readWorkerFolders(): string[] {
  const page = readFileSync(`${root}ARCHITECTURE.md`, 'utf8')
  return names(page.match(/^`\w+`( → `[\w-]+`)+$/m)?.[0] ?? '')
}

/** Imports, of types too, that lead to a folder above the importing one, or out of all folders. */
function findUpwardImports(files: SourceFile[], folders: string[]): string[] {
  return files.flatMap(({ path, text }) => {
    const level = folders.indexOf(path.split('/')[0] ?? '')
    if (level === -1) return []
    return [...text.matchAll(/(?:from|import|import\() ?'(\.[^']+)'/g)]
      .map(([, to = '']) => posix.join(posix.dirname(path), to))
      .filter((to) => folders.indexOf(to.split('/')[0] ?? '') < level)
      .map((to) => `${path} -> ${to}`)
  })
}

test('folders of the worker import only those below them', () => {
  const files = listProductFiles()
    .filter((file) => file.startsWith('apps/worker/src/'))
    .map((file) => ({
      path: file.slice('apps/worker/src/'.length),
      text: readFileSync(`${root}${file}`, 'utf8'),
    }))
  const folders = readWorkerFolders()
  const withFolder = files.filter(({ path }) => path.includes('/'))
  expect(new Set(withFolder.map(({ path }) => path.split('/')[0]))).toEqual(new Set(folders))
  expect(findUpwardImports(files, folders)).toEqual([])
})

test.each([
  ['a folder above', `import type { A } from '../../analyze/a.ts'`],
  ['a file beside the folders', `import { config } from '../../config.ts'`],
  ['a folder above, while running', `const a = await import('../../consume/a.ts')`],
])('an import of %s is found', (_, text) => {
  expect(
    findUpwardImports([{ path: 'call/stage/seeded.ts', text }], readWorkerFolders()),
  ).toHaveLength(1)
})

/** Folders with their product files, the bench included. */
function groupByFolder(): Map<string, string[]> {
  return Map.groupBy([...listProductFiles(), ...listFiles('bench/src')], posix.dirname)
}

test('no folder has more than 25 files', () => {
  const large = [...groupByFolder()].filter(([, files]) => files.length > 25)
  expect(large.map(([folder, { length }]) => `${folder}: ${length}`)).toEqual([])
})

test('a folder of more than 8 files has a README that names existing files', () => {
  const folders = groupByFolder()
  const all = [...folders.values()].flat()
  const faults = [...folders].flatMap(([folder, { length }]) => {
    const path = `${root}${folder}/README.md`
    if (!existsSync(path)) return length > 8 ? [`${folder}: no README.md`] : []
    const mentions = names(readFileSync(path, 'utf8')).filter((name) => /^[\w/-]+\.ts$/.test(name))
    const isThere = (name: string) => all.some((file) => file.endsWith(`/${name}`))
    return mentions.filter((name) => !isThere(name)).map((name) => `${folder}: ${name}`)
  })
  expect(faults).toEqual([])
})
