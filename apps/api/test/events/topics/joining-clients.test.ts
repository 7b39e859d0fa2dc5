import { expect, test } from 'vitest'
import { Scan } from '@capstan/shared/contract/scan/scan'
import { startRig } from '../../support/api-rig.ts'
import { scanMaker } from '../../support/scan-maker.ts'
import { openSse } from '../../support/sse-client.ts'

const TYPES = Array.from({ length: 60 }, (_, index) => `thing${index}.example.com`)
const CLIENTS = 90

test('clients that share snapshots of a scan while it works miss no event and get none twice', async () => {
  const rig = await startRig()
  const maker = scanMaker(rig.deps.journal)
  const id = await maker.open()
  await maker.plan(id, TYPES)
  const url = `${rig.url}/api/v1/events?topics=scan:${id}`
  const working = (async () => {
    for (const name of TYPES) await maker.work(id, name)
  })()
  const clients = await Promise.all(Array.from({ length: CLIENTS }, () => openSse(url)))
  for (let more = 0; more < CLIENTS / 3; more++) clients.push(await openSse(url))
  await working
  const { lastSeq } = await maker.read(id)
  for (const client of clients) {
    const snapshot = await client.next(({ type }) => type === 'snapshot')
    const items = snapshot?.data['items'] as Record<string, { scan: unknown }> | undefined
    const { lastSeq: from } = Scan.parse(items?.[id]?.scan)
    if (from < lastSeq) await client.next(({ data }) => data['seq'] === lastSeq)
    const numbers = client.events
      .filter(({ type }) => type.startsWith('resource.') || type === 'scan.finished')
      .map(({ data }) => data['seq'])
    expect(numbers).toEqual(Array.from({ length: lastSeq - from }, (_, index) => from + 1 + index))
    client.leave()
  }
})

test('a client that connects after an event gets a snapshot with it', async () => {
  const rig = await startRig()
  const maker = scanMaker(rig.deps.journal)
  const id = await maker.open()
  await maker.plan(id, TYPES)
  const url = `${rig.url}/api/v1/events?topics=scan:${id}`
  const open = async () => {
    const client = await openSse(url)
    const snapshot = await client.next(({ type }) => type === 'snapshot')
    return { client, snapshot }
  }
  const first = await open()
  await maker.work(id, 'thing0.example.com')
  await first.client.next(({ type }) => type === 'resource.succeeded')
  const second = await open()
  expect(second.snapshot?.data).toMatchObject({ items: { [id]: { scan: { lastSeq: 3 } } } })
  await rig.deps.journal.claim(id, 'thing1.example.com', 'worker-1')
  await second.client.next(({ data }) => data['seq'] === 4)
  const third = await open()
  expect(third.snapshot?.data).toMatchObject({
    items: { [id]: { scan: { lastSeq: 4 }, active: [{ resource: 'thing1.example.com' }] } },
  })
  for (const { client } of [first, second, third]) client.leave()
})
