import { openBrowser } from '../browser/open-browser.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { note, type Session } from '../session.ts'
import { findScan } from './find-scan.ts'

const ANSWER_MS = 5_000

/** Opens the dashboard, at one scan when it is named. The page is printed too: where no browser is, it is all there is. */
export async function openCommand(session: Session, name: string | undefined): Promise<ExitCode> {
  const scan = name === undefined ? undefined : await findScan(session, name)
  const page = await pageFor(session, scan?.id)
  session.io.out(`${page}\n`)
  if (await openBrowser(page, session.io.environment)) return EXIT.ok
  note(session, 'No browser could be started here: open that page yourself.')
  return EXIT.ok
}

/** A server without a dashboard still has a board of its queues. */
async function pageFor(session: Session, scanId: string | undefined): Promise<string> {
  const { api, io } = session
  const signal = AbortSignal.any([io.interrupted, AbortSignal.timeout(ANSWER_MS)])
  const dashboard = await api.open('/ui/', { signal })
  await dashboard.body?.cancel()
  if (dashboard.ok) return `${api.server}/ui/${scanId === undefined ? '' : `scans/${scanId}`}`
  note(session, 'This server has no dashboard; its queue board shows the jobs of all scans.')
  return `${api.server}/queues`
}
