import { EXIT, type ExitCode } from '../../exit-code.ts'
import type { CliSession } from '../../cli-session.ts'
import { stripControlCharacters } from '../../output/strip-control-characters.ts'

/** Writes a minimal manifest of one type as YAML; accepts any common spelling of its name. */
export async function showExample(
  { api, io }: CliSession,
  name: string,
  { cluster }: { cluster?: string },
): Promise<ExitCode> {
  const path = `/resources/${encodeURIComponent(name)}/example`
  const yaml = await api.text(path, { query: { cluster }, signal: io.interrupted })
  io.out(stripControlCharacters(yaml))
  return EXIT.ok
}
