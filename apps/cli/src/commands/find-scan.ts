import { pageSchema } from '@capstan/shared/contract/page'
import { Scan } from '@capstan/shared/contract/scan/scan'
import { ScanId } from '@capstan/shared/contract/scan/scan-id'
import { CliError } from '../cli-error.ts'
import { EXIT } from '../exit-code.ts'
import type { Session } from '../session.ts'

/** The scan a user means: an id, or `latest`. */
export async function findScan(session: Session, name: string): Promise<Scan> {
  const signal = session.io.interrupted
  if (name !== 'latest') {
    const fixes = {
      NOT_FOUND: `Scans are kept for 30 days. List them: ${session.program} get scans`,
    }
    return session.api.get(`/scans/${scanId(session, name)}`, Scan, { signal, fixes })
  }
  const { data } = await session.api.get('/scans', pageSchema(Scan), {
    query: { limit: 1 },
    signal,
  })
  if (data[0]) return data[0]
  throw new CliError('There is no scan yet', {
    exitCode: EXIT.usage,
    fix: `Start one: ${session.program} scan`,
  })
}

/** Checked here: anything else in the path would ask for something else. */
function scanId(session: Pick<Session, 'program'>, name: string): string {
  if (ScanId.safeParse(name).success) return name
  throw new CliError(`"${name}" is not the id of a scan`, {
    exitCode: EXIT.usage,
    why: 'An id is scan_ and 32 hexadecimal digits.',
    fix: `List them: ${session.program} get scans`,
  })
}
