import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, open, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'

const PROGRAM = fileURLToPath(new URL('write-lines.ts', import.meta.url))
/** More lines than the pipe and the buffer of the process hold. */
const MANY = 3_000

function startWriter(count: number, stderr: 'pipe' | number): ChildProcess {
  const child = spawn(process.execPath, [PROGRAM, String(count)], {
    stdio: ['ignore', 'ignore', stderr, 'ipc'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}

test('a stopped log reader loses lines but does not block the process or its exit', async () => {
  const writer = startWriter(MANY, 'pipe')
  await once(writer, 'message')
  const ended = once(writer, 'exit')
  writer.send('end')
  expect(await ended).toEqual([7, null])
})

test('a resumed log reader gets the number of dropped lines', async () => {
  const writer = startWriter(MANY, 'pipe')
  await once(writer, 'message')
  let text = ''
  const counted = new Promise<number>((resolve) => {
    writer.stderr?.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      const [, dropped] = /"dropped":(\d+)/.exec(text) ?? []
      if (dropped !== undefined) resolve(Number(dropped))
    })
  })
  const dropped = await counted
  const read = text.split('\n').filter((line) => line.includes('"a line"')).length
  expect(dropped).toBeGreaterThan(0)
  expect(read + dropped).toBe(MANY)
})

test('a closed log reader does not end the process', async () => {
  const writer = startWriter(1, 'pipe')
  await once(writer, 'message')
  writer.stderr?.destroy()
  const ended = once(writer, 'exit')
  writer.send('end')
  expect(await ended).toEqual([7, null])
})

test('a log file gets every line, including the last one before an exit', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'capstan-log-'))
  onTestFinished(() => rm(directory, { recursive: true }))
  const file = join(directory, 'log')
  const handle = await open(file, 'w')
  const writer = startWriter(MANY, handle.fd)
  await once(writer, 'message')
  const ended = once(writer, 'exit')
  writer.send('end')
  expect(await ended).toEqual([7, null])
  await handle.close()
  const lines = (await readFile(file, 'utf8')).trim().split('\n')
  expect(lines).toHaveLength(MANY + 1)
  expect(lines.at(-1)).toContain('a late line')
})
