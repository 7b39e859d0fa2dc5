import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { expect, onTestFinished, test } from 'vitest'

const run = promisify(execFile)
const BUILDER = fileURLToPath(new URL('../build/main.ts', import.meta.url))
const KILOBYTE = 1_000

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'capstan-build-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** Runs the builder in a process of its own. */
async function build(...caches: string[]): Promise<{ folder: string; progress: string }> {
  const { stdout, stderr } = await run(process.execPath, [BUILDER, ...caches])
  const { folder } = JSON.parse(stdout) as { folder: string }
  return { folder, progress: stderr }
}

test('processes that start at the same time build once and get the same complete folder', async () => {
  const cache = await makeFolder()
  const all = await Promise.all([build(cache), build(cache), build(cache)])
  expect(new Set(all.map(({ folder }) => folder)).size).toBe(1)
  expect(all.filter(({ progress }) => progress.includes('building')).length).toBe(1)
  const again = await build(cache)
  expect(again).toEqual({ folder: all[0]?.folder, progress: '' })
  expect(await readdir(join(cache, 'dashboard'))).toEqual(
    expect.not.arrayContaining([expect.stringMatching(/^\.build-/)]),
  )
})

test('a cache that cannot be written is skipped, and an error names each one', async () => {
  const [cache, blocked] = [await makeFolder(), await makeFolder()]
  const file = join(blocked, 'file')
  await writeFile(file, '')
  const { folder } = await build(file, cache)
  expect(folder.startsWith(cache)).toBe(true)
  await expect(build(file)).rejects.toThrow(/no folder for the dashboard can be written: .*file/)
})

test('the first page is small and loads nothing else', async () => {
  const { folder } = await build(await makeFolder())
  const page = await readFile(join(folder, 'index.html'), 'utf8')
  const linked = [...page.matchAll(/(?:src|href)="\.\/(assets\/[^"]+)"/g)].map(
    ([, name]) => name ?? '',
  )
  const sizes = new Map<string, number>()
  for (const name of linked) {
    const end = name.slice(name.lastIndexOf('.') + 1)
    const bytes = gzipSync(await readFile(join(folder, name)), { level: 9 }).length
    sizes.set(end, (sizes.get(end) ?? 0) + bytes)
  }
  expect(sizes.get('js')).toBeLessThanOrEqual(60 * KILOBYTE)
  expect(sizes.get('css')).toBeLessThanOrEqual(12 * KILOBYTE)
  expect(page).not.toMatch(/https?:\/\//)
  expect(page).not.toMatch(/<script(?![^>]*src=)/)
})
