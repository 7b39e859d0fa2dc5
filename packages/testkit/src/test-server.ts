import { fileURLToPath } from 'node:url'
import { fetchServerPackages } from '@capstan/local-redis/fetch-packages'
import { DEFAULT_PATH } from '@capstan/local-redis/find-on-path'
import { findServerOnPath, type ServerProgram } from '@capstan/local-redis/server-program'

const CACHE = fileURLToPath(new URL('../../../.cache', import.meta.url))

let found: Promise<ServerProgram | undefined> | undefined

/**
 * Finds the Redis program of tests: on PATH, otherwise the system's package under `.cache/`; undefined =
 * none.
 */
export function findTestServer(): Promise<ServerProgram | undefined> {
  found ??= search()
  return found
}

async function search(): Promise<ServerProgram | undefined> {
  const options = {
    path: process.env['PATH'] ?? DEFAULT_PATH,
    cacheDir: CACHE,
    onProgress: (line: string) => console.error(`test Redis: ${line}`),
    signal: AbortSignal.timeout(300_000),
  }
  return (await findServerOnPath(options.path, options)) ?? (await fetchServerPackages(options))
}
