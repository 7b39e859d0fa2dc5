import { ScanDiff } from '@capstan/shared/contract/scan/scan-diff'
import { toPlainText } from '@capstan/shared/text/to-plain-text'
import { EXIT, type ExitCode } from '../../exit-code.ts'
import { printOne } from '../../output/print-one.ts'
import { pluralize } from '@capstan/shared/text/units'
import type { CliSession } from '../../cli-session.ts'
import { findScan } from './find-scan.ts'

const SIGNS = [
  ['+', 'added', 'added'],
  ['-', 'removed', 'removed'],
  ['~', 'changed', 'definition changed'],
  ['*', 'answersChanged', 'answer changed'],
  ['?', 'unknown', 'unknown: its group did not answer'],
] as const

/** Prints the differences between a scan and an earlier one. */
export async function runDiff(
  session: CliSession,
  name: string,
  against: string,
): Promise<ExitCode> {
  const { id } = await findScan(session, name)
  const other = against === 'previous' ? against : (await findScan(session, against)).id
  const diff = await session.api.get(`/scans/${id}/diff`, ScanDiff, {
    query: { against: other },
    signal: session.io.interrupted,
    fixes: {
      NOT_FOUND: `Name one: ${session.program} diff ${id} --against SCAN. List them: ${session.program} get scans`,
    },
  })
  printOne(session, diff, { name: id, forPeople: () => formatDiff(diff) })
  return EXIT.ok
}

function formatDiff(diff: ScanDiff): string {
  const lines = SIGNS.flatMap(([sign, field, what]) =>
    diff[field].map((resource) => `${sign} ${toPlainText(resource)}  (${what})`),
  )
  const narrow = diff.sameChoice
    ? []
    : ['The scans selected different types; only types of both are compared.']
  const head = `${diff.scan} against ${diff.against}, cluster ${toPlainText(diff.cluster)}`
  return `${[head, ...narrow, ...lines, `${pluralize(diff.unchanged, 'type')} unchanged`].join('\n')}\n`
}
