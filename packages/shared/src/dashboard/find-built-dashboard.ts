import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** Returns the folder with complete built files of the sources with this key, in the first cache that has them. */
export function findBuiltDashboard(caches: string[], key: string): string | undefined {
  return caches
    .map((cache) => join(cache, 'dashboard', key))
    .find((folder) => existsSync(join(folder, 'index.html')))
}
