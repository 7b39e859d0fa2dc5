import { CapabilityView } from '@capstan/shared/contract/capability'
import { ScanItem } from '@capstan/shared/contract/scan/scan-item'
import { readPages } from '../../client/read-pages.ts'
import { EXIT, type ExitCode } from '../../exit-code.ts'
import { quoteShellWord } from '@capstan/shared/text/quote-shell-word'
import { printOne } from '../../output/print-one.ts'
import type { CliSession } from '../../cli-session.ts'
import { formatCapability } from './format-capability.ts'
import { findScan } from '../scans/find-scan.ts'
import { formatScan } from './format-scan.ts'

/** Prints one scan with every failed type and its reason. */
export async function describeScan(session: CliSession, name: string): Promise<ExitCode> {
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
    { name: scan.id, forPeople: () => formatScan(scan, failed, session) },
  )
  return EXIT.ok
}

/** Prints the capability of one type; accepts any common spelling of its name. */
export async function describeCapability(
  session: CliSession,
  name: string,
  { cluster }: { cluster?: string },
): Promise<ExitCode> {
  const path = `/capabilities/${encodeURIComponent(name)}`
  const found = await session.api.get(path, CapabilityView, {
    query: { cluster },
    signal: session.io.interrupted,
    fixes: {
      NOT_FOUND: `\`capstan get capabilities\` lists known types; \`capstan scan ${quoteShellWord(name)}\` analyzes this one.`,
    },
  })
  printOne(session, found, {
    name: found.resource,
    forPeople: () => formatCapability(found, session),
  })
  return EXIT.ok
}
