import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeCrdFolder } from '@capstan/testkit/crd-folder'

/** Runs `play` with a folder of that many made-up CRDs, which is gone afterwards, and with the names of their types. */
export async function runWithCrds<T>(
  count: number,
  play: (folder: string, names: string[]) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'capstan-bench-crds-'))
  try {
    return await play(folder, await writeCrdFolder(folder, count))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
