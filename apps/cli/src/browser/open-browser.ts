import { spawn } from 'node:child_process'
import { browserCommand } from './browser-command.ts'

/** Opens a page and goes on without waiting for the browser; false when none could be started. */
export async function openBrowser(
  url: string,
  environment: Record<string, string | undefined>,
): Promise<boolean> {
  const [program, ...options] = browserCommand(environment, process.platform) ?? []
  if (program === undefined) return false
  // Without a shell, so that nothing in a URL is more than a URL.
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
