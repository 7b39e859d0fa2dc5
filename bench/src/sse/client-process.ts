import { openEventSockets } from '../engine/open-event-sockets.ts'
import { ClientOrder, type ClientReport } from './client-message.ts'
import { createEventMeter } from './event-meter.ts'

/** A process with the clients of a measurement. It sends `loaded`, then one ClientReport for each ClientOrder. */
const meter = createEventMeter()
let open = 0

process.on('message', (message) => void obey(ClientOrder.parse(message)))
process.send?.('loaded')

async function obey(order: ClientOrder): Promise<void> {
  if (order.order === 'open') {
    const { count, apiUrl, path } = order
    const sockets = await openEventSockets(count, { apiUrl, path, until: 'event: snapshot' })
    open += sockets.length
    for (const socket of sockets) {
      socket.on('data', meter.addClient())
      socket.on('close', () => (open -= 1))
      socket.on('error', () => undefined)
    }
  }
  const report: ClientReport = { open, ...meter.read() }
  process.send?.(report)
}
