import type { ExitCode } from '../../exit-code.ts'
import type { CliSession } from '../../cli-session.ts'
import { attachToScan, type AttachOptions } from './attach-to-scan.ts'
import { findScan } from './find-scan.ts'

/** Watches a running scan, or prints the result of a finished one. */
export async function runWatch(
  session: CliSession,
  name: string,
  options: AttachOptions,
): Promise<ExitCode> {
  return attachToScan(session, await findScan(session, name), options)
}
