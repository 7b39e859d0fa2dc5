import { pageSchema } from '@capstan/shared/contract/page'
import { Scan } from '@capstan/shared/contract/scan/scan'
import type { CliSession } from '../../cli-session.ts'
import type { DoctorCheck } from './doctor-check.ts'

const FIRST_BYTES_MS = 3_000

/** Checks that events arrive as a stream. A buffering proxy delivers all of them at the end. */
export async function checkEvents(session: CliSession): Promise<DoctorCheck[]> {
  const { api, io } = session
  const query = { limit: 1 }
  const { data } = await api.get('/scans', pageSchema(Scan), { query, signal: io.interrupted })
  if (!data[0]) return [{ name: 'events', state: 'ok', detail: 'not tested: no scan yet' }]
  const late = AbortSignal.timeout(FIRST_BYTES_MS)
  const fault = await findStreamFault(session, data[0].id, late).catch((error: unknown) => {
    if (late.aborted) return `nothing arrived within ${FIRST_BYTES_MS / 1000} s`
    throw error
  })
  if (fault === undefined) return [{ name: 'events', state: 'ok', detail: 'arrive as a stream' }]
  const fix = 'Switch off buffering and compression for text/event-stream in the proxy.'
  return [{ name: 'events', state: 'bad', detail: fault, fix }]
}

async function findStreamFault(
  { api, io }: CliSession,
  scanId: string,
  late: AbortSignal,
): Promise<string | undefined> {
  const leave = new AbortController()
  const response = await api.open(`/api/v1/scans/${scanId}/events`, {
    headers: { accept: 'text/event-stream' },
    signal: AbortSignal.any([io.interrupted, late, leave.signal]),
  })
  const first = await response.body?.getReader().read()
  leave.abort()
  const type = response.headers.get('content-type') ?? 'nothing'
  const coding = response.headers.get('content-encoding')
  if (!type.startsWith('text/event-stream') || !first?.value) return `come as ${type}`
  return coding === null ? undefined : `are compressed with ${coding}`
}
