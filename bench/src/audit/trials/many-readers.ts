import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { createParser } from 'eventsource-parser'
import { until } from '@capstan/testkit/until'
import { awaitStableRssMb } from '../../engine/await-stable-memory.ts'
import { checkStreams } from '../check-stream.ts'
import { openAuditClient } from '../audit-client.ts'
import { startInstallation } from '../installation.ts'
import { createCountMeasure, createMaximumMeasure, type AuditTrial } from '../audit-trial.ts'

const TYPES = 200
const READERS = 1_200
const DEAF = 50

interface Reader {
  ids: string[]
  /** Time from the timestamp of an event to its arrival, ms. */
  lagsMs: number[]
  hasEnded: boolean
}

/** Many streams of one scan at one API process, some of which are never read. */
export const manyReaders: AuditTrial = {
  name: 'many streams',
  method: `${TYPES} types, one API process, ${READERS} readers of the event stream and ${DEAF} more that never read and come first; memory is of the readers.`,
  run: async (lab, seed) => {
    await using installation = await startInstallation({
      types: TYPES,
      apis: 1,
      workers: 1,
      provider: { seed, latency: { kind: 'uniform', minMs: 1_000, maxMs: 2_000 } },
    })
    const [api] = installation.apis
    if (!api) throw new Error('no API process was started')
    const client = openAuditClient(() => api.url, lab.signal)
    const release = installation.provider.hold({ matching: '' })
    const scanId = await client.startScan()
    const eventsUrl = `${api.url}/api/v1/scans/${scanId}/events`
    // The first streams load code and let the heap grow once, whatever their number.
    const deaf = await Promise.all(Array.from({ length: DEAF }, () => connect(eventsUrl)))
    const beforeMb = await awaitStableRssMb(api.pid)
    const readers = await Promise.all(Array.from({ length: READERS }, () => openReader(eventsUrl)))
    const withReadersMb = await awaitStableRssMb(api.pid)
    release()
    const scan = await client.waitForEnd(scanId, 300_000)
    await until('the end of all streams', () =>
      readers.every(({ hasEnded }) => hasEnded) ? true : undefined,
    )
    for (const response of deaf) response.destroy()
    const faults = checkStreams(
      readers.map(({ ids }) => ids),
      scan.lastSeq,
    )
    const lags = readers.flatMap(({ lagsMs }) => lagsMs).sort((a, b) => a - b)
    const kibEach = ((withReadersMb - beforeMb) * 1_024) / READERS
    return [
      createCountMeasure(
        'events that a reader missed or got twice',
        faults.missing + faults.doubled,
        0,
      ),
      createMaximumMeasure('memory of the API process for each stream, KiB', kibEach, { most: 32 }),
      {
        what: 'lag of an event, p99 (readers share the two cores), ms',
        value: (lags[Math.floor(lags.length * 0.99)] ?? 0).toFixed(0),
      },
    ]
  },
}

async function connect(url: string): Promise<IncomingMessage> {
  const request = get(url, { agent: false, headers: { accept: 'text/event-stream' } })
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  response.on('error', () => undefined) // the server may close it
  return response
}

async function openReader(url: string): Promise<Reader> {
  const reader: Reader = { ids: [], lagsMs: [], hasEnded: false }
  const response = await connect(url)
  const parser = createParser({
    onEvent: ({ id, data }) => {
      if (!id) return
      reader.ids.push(id)
      const { at } = JSON.parse(data) as { at: string }
      reader.lagsMs.push(Date.now() - Date.parse(at))
    },
  })
  response.setEncoding('utf8')
  response.on('data', (text: string) => parser.feed(text))
  response.on('end', () => (reader.hasEnded = true))
  response.on('close', () => (reader.hasEnded = true))
  return reader
}
