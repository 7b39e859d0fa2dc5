import { z } from 'zod'
import { CapabilityView } from '@capstan/shared/contract/capability'
import type { InferredCapability } from '@capstan/shared/contract/inferred-capability'
import { toPlainText } from '@capstan/shared/text/to-plain-text'
import { CliError } from '../../cli-error.ts'
import { EXIT, type ExitCode } from '../../exit-code.ts'
import { printOne } from '../../output/print-one.ts'
import { printNote, type CliSession } from '../../cli-session.ts'
import { formatCapability } from '../show/format-capability.ts'

export interface OverrideOptions extends Partial<InferredCapability> {
  cluster?: string
  note?: string
  remove?: boolean
}

/** Overrides some fields of one type, or removes the override. A new override replaces the previous one. */
export async function runOverride(
  session: CliSession,
  name: string,
  { cluster, note: why, remove, ...fields }: OverrideOptions,
): Promise<ExitCode> {
  const path = `/capabilities/${encodeURIComponent(name)}/override`
  const asking = { query: { cluster }, signal: session.io.interrupted }
  if (remove) {
    await session.api.remove(path, z.undefined(), asking)
    printNote(session, `${toPlainText(name)} has no override any more.`)
    return EXIT.ok
  }
  if (Object.keys(fields).length === 0) throw createNoFieldError(session, name)
  const { value } = await session.api.put(path, CapabilityView, {
    ...asking,
    body: { fields, note: why ?? null },
    fixes: { NOT_FOUND: `List known types: ${session.program} get capabilities` },
  })
  printOne(session, value, {
    name: value.resource,
    forPeople: () => formatCapability(value, session),
  })
  return EXIT.ok
}

function createNoFieldError({ program }: CliSession, name: string): CliError {
  return new CliError('No field was given', {
    exitCode: EXIT.usage,
    fix: `Name a field, such as: ${program} override ${name} --complexity high --note "needs two other types"`,
  })
}
