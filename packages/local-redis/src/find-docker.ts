import { findOnPath } from './find-on-path.ts'
import { runCommand } from './run-command.ts'

const REDIS_IMAGE = 'redis:8-alpine'

const ANSWER_MS = 3_000
const PULL_MS = 300_000

/** Finds Docker and pulls the Redis image if it is missing. Undefined when no Docker engine responds or the pull fails. */
export async function findDocker(
  path: string,
  { onProgress, signal }: { onProgress: (line: string) => void; signal: AbortSignal },
): Promise<{ command: string; image: string } | undefined> {
  const command = await findOnPath('docker', path)
  if (!command) return undefined
  const run = (args: string[], deadlineMs: number): Promise<boolean> =>
    runCommand(command, args, { deadlineMs, signal }).then(
      () => true,
      () => false,
    )
  if (!(await run(['info'], ANSWER_MS))) {
    signal.throwIfAborted()
    onProgress('Docker is installed, but no Docker engine responds.')
    return undefined
  }
  if (await run(['image', 'inspect', REDIS_IMAGE], ANSWER_MS))
    return { command, image: REDIS_IMAGE }
  onProgress(`Pulling the image ${REDIS_IMAGE}.`)
  if (await run(['pull', '--quiet', REDIS_IMAGE], PULL_MS)) return { command, image: REDIS_IMAGE }
  signal.throwIfAborted()
  onProgress(`The image ${REDIS_IMAGE} could not be pulled.`)
  return undefined
}
