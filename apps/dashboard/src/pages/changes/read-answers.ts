import { api } from '../../data/api.ts'
import type { RecordedAnswer } from './compare-answers.ts'

const PAGE = 1_000

/** Reads the answers of these types as a scan found them, from its events. Types without an event are absent. */
export async function readAnswers(
  scanId: string,
  names: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<Map<string, RecordedAnswer>> {
  const answers = new Map<string, RecordedAnswer>()
  let after: string | null = '0'
  while (after !== null) {
    const list = { after: Number(after), limit: PAGE, types: 'resource.succeeded' }
    const { data, page } = await api.listEvents(scanId, list, signal)
    for (const { data: event } of data) {
      const { resource = '', capabilities = [], confidence = null } = event
      if (names.has(resource)) answers.set(resource, { capabilities, confidence })
    }
    after = page.nextCursor
  }
  return answers
}
