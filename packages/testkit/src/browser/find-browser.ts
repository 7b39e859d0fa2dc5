import { DEFAULT_PATH, findOnPath } from '@capstan/local-redis/find-on-path'

/** Names under which systems install Chromium or Chrome. */
const NAMES = ['chromium', 'chromium-browser', 'google-chrome']

/** Why a test without a browser is skipped. `.ci/run` installs one and fails without it. */
export const NO_BROWSER = 'no chromium, chromium-browser or google-chrome here'

/** Finds the browser of this machine; undefined when none is on the path. Downloads nothing. */
export async function findBrowser(path = DEFAULT_PATH): Promise<string | undefined> {
  for (const name of NAMES) {
    const found = await findOnPath(name, path)
    if (found) return found
  }
  return undefined
}
