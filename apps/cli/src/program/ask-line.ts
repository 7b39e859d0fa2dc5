import { createInterface } from 'node:readline'

/** Writes the question to stderr and reads one line of stdin; undefined at the end of input or when aborted. */
export async function askLine(question: string, signal: AbortSignal): Promise<string | undefined> {
  process.stderr.write(question)
  const lines = createInterface({ input: process.stdin, signal })
  for await (const line of lines) return line
  return undefined
}
