import { access, constants } from 'node:fs/promises'
import { delimiter, join } from 'node:path'

/** Default value of PATH. */
export const DEFAULT_PATH = [
  '/usr/local/sbin',
  '/usr/local/bin',
  '/usr/sbin',
  '/usr/bin',
  '/sbin',
  '/bin',
  '/opt/homebrew/bin',
].join(delimiter)

/** Finds the first executable file `name` in the folders of `path`, like a shell. */
export async function findOnPath(name: string, path: string): Promise<string | undefined> {
  for (const folder of path.split(delimiter)) {
    // A shell reads an empty entry as the current directory, where a file could be planted.
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
