import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from '@capstan/testkit/on-test-finished'

export interface FreshMachine {
  environment: Record<string, string>
  home: string
}

const CACHE = fileURLToPath(new URL('../../../.cache', import.meta.url))

/**
 * A user without settings and data, whose home folder is deleted after the test. Only downloaded programs are
 * shared with other tests, because downloading them each time would need the network.
 */
export async function createFreshMachine(): Promise<FreshMachine> {
  const home = await mkdtemp(join(tmpdir(), 'capstan-home-'))
  onTestFinished(() => rm(home, { recursive: true, force: true }))
  await mkdir(CACHE, { recursive: true })
  await mkdir(join(home, '.cache'))
  await symlink(CACHE, join(home, '.cache', 'capstan'))
  return { home, environment: { HOME: home } }
}
