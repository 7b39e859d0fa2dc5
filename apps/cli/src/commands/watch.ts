import type { ExitCode } from '../exit-code.ts'
import type { Session } from '../session.ts'
import { attachToScan, type AttachOptions } from './attach-to-scan.ts'
import { findScan } from './find-scan.ts'

/** Attaches to a scan that runs, or tells how one has ended. */
export async function watchCommand(
  session: Session,
  name: string,
  options: AttachOptions,
): Promise<ExitCode> {
  return attachToScan(session, await findScan(session, name), options)
}
