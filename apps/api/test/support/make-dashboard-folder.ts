import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from '@capstan/testkit/on-test-finished'

/** Makes a folder as the build of the dashboard does, with this page, an asset, and a file that must not be served. */
export async function makeDashboardFolder(page: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'capstan-files-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  await mkdir(join(folder, 'assets'))
  await writeFile(join(folder, 'index.html'), page)
  await writeFile(join(folder, 'secret.txt'), 'not an asset')
  await writeFile(join(folder, 'assets/app-1a2b.js'), 'export {}')
  return folder
}
