import { Capability } from '@capstan/shared/contract/capability'
import { ScanItem } from '@capstan/shared/contract/scan/scan-item'
import { readPages } from '../client/read-pages.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { shellWord } from '../output/shell-word.ts'
import { printOne } from '../output/print-one.ts'
import type { Session } from '../session.ts'
import { capabilityText } from './capability-text.ts'
import { findScan } from './find-scan.ts'
import { scanText } from './scan-text.ts'

/** Everything about one scan, with every type that failed and why. */
export async function describeScan(session: Session, name: string): Promise<ExitCode> {
  const scan = await findScan(session, name)
  const failed: ScanItem[] = []
  const query = { status: 'failed' }
  const signal = session.io.interrupted
  const path = `/scans/${scan.id}/resources`
  for await (const page of readPages(session.api, path, ScanItem, { query, signal }))
    failed.push(...page)
  printOne(
    session,
    { ...scan, failed },
    { name: scan.id, forPeople: () => scanText(scan, failed, session) },
  )
  return EXIT.ok
}

/** What one type can do, by any common spelling of its name. */
export async function describeCapability(
  session: Session,
  name: string,
  { cluster }: { cluster?: string },
): Promise<ExitCode> {
  const path = `/capabilities/${encodeURIComponent(name)}`
  const found = await session.api.get(path, Capability, {
    query: { cluster },
    signal: session.io.interrupted,
    fixes: {
      NOT_FOUND: `\`capstan get capabilities\` lists what is known; \`capstan scan ${shellWord(name)}\` finds it out.`,
    },
  })
  printOne(session, found, {
    name: found.resource,
    forPeople: () => capabilityText(found, session),
  })
  return EXIT.ok
}
