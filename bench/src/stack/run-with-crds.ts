import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeCrdFolder } from '@capstan/testkit/crd-folder'

/** Calls `run` with a temporary folder of this many generated CRDs, and with the names of their types. */
export async function runWithCrds<T>(
  count: number,
  runOnce: (folder: string, names: string[]) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'capstan-bench-crds-'))
  try {
    return await runOnce(folder, await writeCrdFolder(folder, count))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
