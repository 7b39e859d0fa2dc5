import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Everything that decides what the built files contain. */
const FILES = [
  'pnpm-lock.yaml',
  'apps/dashboard/index.html',
  'apps/dashboard/vite.config.ts',
  'apps/dashboard/build/run-vite.ts',
]
const FOLDERS = ['apps/dashboard/src', 'packages/shared/src']

/** Returns a hash of the sources and the lockfile, 16 hexadecimal digits. Files that are missing count as absent. */
export async function computeSourceKey(root: string): Promise<string> {
  const listed = await Promise.all(FOLDERS.map((folder) => listFiles(root, folder)))
  const names = [...FILES, ...listed.flat()].toSorted()
  const texts = await Promise.all(
    names.map((name) => readFile(join(root, name)).catch(() => Buffer.alloc(0))),
  )
  const hash = createHash('sha256')
  for (const [index, name] of names.entries()) {
    const text = texts[index] ?? ''
    // Lengths keep a name and its text apart from the next ones.
    hash.update(`${name.length} ${name} ${text.length} `).update(text)
  }
  return hash.digest('hex').slice(0, 16)
}

async function listFiles(root: string, folder: string): Promise<string[]> {
  const found = await readdir(join(root, folder), { recursive: true, withFileTypes: true })
  return found
    .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(join(root, '/').length))
}
