import { z } from 'zod'
import { Scan } from '@capstan/shared/contract/scan/scan'
import { ScanItem } from '@capstan/shared/contract/scan/scan-item'
import {
  LIVE_EVENTS,
  PROVIDER_EVENTS,
  STORED_EVENTS,
} from '@capstan/shared/contract/scan/scan-event'

const Envelope = z.object({ v: z.int(), scanId: z.string(), seq: z.int(), at: z.iso.datetime() })

/** Returns the JSON schema of an object with the data of each event of a scan by its name. */
export function describeScanEvents(): object {
  const events = Object.entries({ ...STORED_EVENTS, ...PROVIDER_EVENTS, ...LIVE_EVENTS })
  const withEnvelope = events.map(([name, data]) => [name, Envelope.extend(data.shape)])
  const finished = Envelope.extend(STORED_EVENTS['scan.finished'].shape).extend({
    scan: Scan.optional().describe('The scan after its last event. Absent when a retry followed.'),
  })
  const ScanEvents = z.object({ ...Object.fromEntries(withEnvelope), 'scan.finished': finished })
  // The document of the API has these two, so the events refer to them.
  const named = z.registry<{ id: string }>()
  named.add(Scan, { id: 'Scan' })
  named.add(ScanItem, { id: 'ScanItem' })
  named.add(ScanEvents, { id: 'ScanEvents' })
  const uri = (id: string): string => `#/components/schemas/${id}`
  const {
    $schema: _schema,
    $id: _id,
    ...schema
  } = z.toJSONSchema(named, { uri, unrepresentable: 'any' }).schemas['ScanEvents'] ?? {}
  return schema
}
