import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { ClientReport, type ClientOrder } from './client-message.ts'

const CLIENTS = fileURLToPath(new URL('./client-process.ts', import.meta.url))

/** Clients of event streams in a process of their own. */
export interface EventClients extends AsyncDisposable {
  /** Opens this many more streams and waits until each has its snapshot. */
  open(apiUrl: string, path: string, count: number): Promise<ClientReport>
  report(): Promise<ClientReport>
}

/** Starts the process. `signal` ends what waits for it. */
export async function startClients(signal: AbortSignal): Promise<EventClients> {
  const child = fork(CLIENTS)
  const exited = once(child, 'exit')
  const send = async (order: ClientOrder): Promise<ClientReport> => {
    child.send(order)
    const [message] = (await once(child, 'message', { signal })) as [unknown]
    return ClientReport.parse(message)
  }
  await once(child, 'message', { signal })
  return {
    open: (apiUrl, path, count) => send({ order: 'open', apiUrl, path, count }),
    report: () => send({ order: 'report' }),
    [Symbol.asyncDispose]: async () => {
      child.kill()
      await exited
    },
  }
}
