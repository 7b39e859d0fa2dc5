import { openInBrowser } from '../browser/open-in-browser.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { printNote, type CliSession } from '../cli-session.ts'
import { findScan } from './scans/find-scan.ts'

const ANSWER_MS = 5_000

/** Opens the dashboard, optionally at one scan. Prints the URL as well, for machines without a browser. */
export async function runOpen(session: CliSession, name: string | undefined): Promise<ExitCode> {
  const scan = name === undefined ? undefined : await findScan(session, name)
  const page = await pageFor(session, scan?.id)
  session.io.out(`${page}\n`)
  if (await openInBrowser(page, session.io.environment)) return EXIT.ok
  printNote(session, 'No browser could be started; open this page yourself.')
  return EXIT.ok
}

/** A server of an older version serves only Bull Board. While files are built, the page of the dashboard opens them itself. */
async function pageFor(session: CliSession, scanId: string | undefined): Promise<string> {
  const { api, io } = session
  const signal = AbortSignal.any([io.interrupted, AbortSignal.timeout(ANSWER_MS)])
  const dashboard = await api.open('/ui/', { signal })
  await dashboard.body?.cancel()
  if (dashboard.status !== 404)
    return `${api.server}/ui/${scanId === undefined ? '' : `scans/${scanId}`}`
  printNote(session, 'This server has no dashboard; its queue board shows the jobs of all scans.')
  return `${api.server}/queues`
}
