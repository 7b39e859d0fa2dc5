import { once } from 'node:events'
import { connect, createServer, type AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { countConnections } from '../../src/engine/count-connections.ts'

test('open connections to a port are counted at the client, closed ones are not', async () => {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  expect(await countConnections(process.pid, port)).toBe(0)
  const clients = [0, 1, 2].map(() => connect(port, '127.0.0.1'))
  onTestFinished(() => {
    for (const client of clients) client.destroy()
  })
  await Promise.all(clients.map((client) => once(client, 'connect')))
  expect(await countConnections(process.pid, port)).toBe(3)
  const [first] = clients
  const closed = first && once(first, 'close')
  first?.destroy()
  await closed
  expect(await countConnections(process.pid, port)).toBe(2)
})
