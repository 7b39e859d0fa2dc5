import { spawn, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { COMPILE_CACHE } from '../compile-cache.ts'
import type { RunningProcess } from '../start-process.ts'
import type { HostedAppName, HostReply, HostRequest } from './app-host-messages.ts'

/**
 * Starts an app in the app host of this test worker. It takes a tenth of the CPU time of startProcess, because the host
 * has loaded all modules. For tests that need no signal, crash or environment of a process: any signal only stops the
 * app, and `pid` is that of the host. Throws with the reason when the app does not start.
 */
export function startHostedApp(
  app: HostedAppName,
  environment: Record<string, string>,
): Promise<RunningProcess> {
  host ??= openAppHost()
  return host.start(app, environment)
}

interface AppHost {
  start(app: HostedAppName, environment: Record<string, string>): Promise<RunningProcess>
}

/** Files that share the modules of a test worker share its host. */
let host: AppHost | undefined

function openAppHost(): AppHost {
  const main = fileURLToPath(new URL('serve-apps.ts', import.meta.url))
  const child = spawn(process.execPath, [main], {
    // Nothing of the user's home may reach an app.
    env: { PATH: process.env['PATH'] ?? '', HOME: '/nowhere', ...COMPILE_CACHE },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  // The host ends with the test worker, and does not keep it alive.
  child.unref()
  child.channel?.unref()
  const { ask, follow } = openChannel(child)
  let last = 0
  return {
    start: async (app, environment) => {
      const id = (last += 1)
      let written = ''
      follow(id, (text) => (written += text))
      const { url } = await ask({ kind: 'start', id, app, environment })
      let stopped: Promise<number> | undefined
      return {
        url,
        pid: child.pid ?? -1,
        output: () => written,
        stop: () => (stopped ??= ask({ kind: 'stop', id }).then(() => 0)),
      }
    },
  }
}

/** Requests with their replies, and the output of each app. */
function openChannel(child: ChildProcess) {
  const waiting = new Map<number, PromiseWithResolvers<{ url: string }>>()
  const outputs = new Map<number, (text: string) => void>()
  child.on('message', (reply: HostReply) => {
    if (reply.kind === 'output') return outputs.get(reply.id)?.(reply.text)
    const asked = waiting.get(reply.id)
    waiting.delete(reply.id)
    if (reply.kind === 'failed') asked?.reject(new Error(reply.error))
    else asked?.resolve({ url: reply.kind === 'started' ? reply.url : '' })
  })
  child.once('exit', (code, signal) => {
    host = undefined
    const error = new Error(`the app host ended with ${code ?? signal}`)
    for (const asked of waiting.values()) asked.reject(error)
  })
  return {
    ask: (request: HostRequest): Promise<{ url: string }> => {
      const reply = Promise.withResolvers<{ url: string }>()
      waiting.set(request.id, reply)
      child.send(request)
      return reply.promise
    },
    follow: (id: number, listener: (text: string) => void) => void outputs.set(id, listener),
  }
}
