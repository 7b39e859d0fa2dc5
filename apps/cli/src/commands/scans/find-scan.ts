import { pageSchema } from '@capstan/shared/contract/page'
import { Scan } from '@capstan/shared/contract/scan/scan'
import { ScanId } from '@capstan/shared/contract/scan/scan-id'
import { CliError } from '../../cli-error.ts'
import { EXIT } from '../../exit-code.ts'
import type { CliSession } from '../../cli-session.ts'

/** Finds a scan by id, or the newest one for `latest`. */
export async function findScan(session: CliSession, name: string): Promise<Scan> {
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

/** Validated here: any other text would change the request path. */
function scanId(session: Pick<CliSession, 'program'>, name: string): string {
  if (ScanId.safeParse(name).success) return name
  throw new CliError(`"${name}" is not a scan id`, {
    exitCode: EXIT.usage,
    why: 'An id consists of scan_ and 32 hexadecimal digits.',
    fix: `List them: ${session.program} get scans`,
  })
}
