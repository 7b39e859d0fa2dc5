import { access, constants } from 'node:fs/promises'
import { delimiter, join } from 'node:path'

/** Used when the caller gives no PATH. */
export const DEFAULT_PATH = [
  '/usr/local/sbin',
  '/usr/local/bin',
  '/usr/sbin',
  '/usr/bin',
  '/sbin',
  '/bin',
  '/opt/homebrew/bin',
].join(delimiter)

/** The first executable file called `name` in the folders of `path`, as a shell would find it. */
export async function findOnPath(name: string, path: string): Promise<string | undefined> {
  for (const folder of path.split(delimiter)) {
    // An empty entry means the current directory to a shell: too easy to be tricked by.
    if (folder === '') continue
    const file = join(folder, name)
    const found = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    )
    if (found) return file
  }
  return undefined
}
