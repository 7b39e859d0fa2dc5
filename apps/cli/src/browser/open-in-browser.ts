import { spawn } from 'node:child_process'
import { chooseBrowserCommand } from './choose-browser-command.ts'

/** Opens a page without waiting for the browser. Returns false when no browser could be started. */
export async function openInBrowser(
  url: string,
  environment: Record<string, string | undefined>,
): Promise<boolean> {
  const [program, ...options] = chooseBrowserCommand(environment, process.platform) ?? []
  if (program === undefined) return false
  // No shell: a URL may contain shell metacharacters.
  const child = spawn(program, [...options, url], {
    env: environment,
    stdio: 'ignore',
    detached: true,
  })
  child.unref()
  return new Promise((resolve) => {
    child.once('spawn', () => resolve(true))
    child.once('error', () => resolve(false))
  })
}
