import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { ownPort } from '@capstan/testkit/own-port'
import { until } from '@capstan/testkit/until'
import { createHook, endScan, reached, startWebhookRig } from './webhook-rig.ts'

const PAGE = new URL('../../../../docs/webhooks.md', import.meta.url)

/** Runs the receiver of the page as a program of its own. */
async function startDocumentedReceiver(port: number, secret: string) {
  const [, program = ''] = /```js\n(.*?)```/s.exec(await readFile(PAGE, 'utf8')) ?? []
  expect(program.trim().split('\n').length).toBeLessThanOrEqual(15)
  const folder = await mkdtemp(join(tmpdir(), 'capstan-receiver-'))
  const path = join(folder, 'receiver.mjs')
  await writeFile(path, program)
  const env = { PORT: String(port), WEBHOOK_SECRET: secret }
  const child = spawn(process.execPath, [path], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  let output = ''
  child.stdout.on('data', (text: Buffer) => (output += text.toString()))
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await exited
    await rm(folder, { recursive: true })
  })
  const url = `http://127.0.0.1:${port}/`
  await until('the receiver', async () => fetch(url).catch(() => undefined))
  return { url, output: () => output }
}

test('the receiver of docs/webhooks.md accepts signed messages only', async () => {
  const rig = await startWebhookRig()
  const port = await ownPort()
  const { id, secret } = await createHook(rig, `http://127.0.0.1:${port}/`)
  const { url, output } = await startDocumentedReceiver(port, secret)
  const scan = await endScan(rig)
  const delivery = await reached(rig, id, 'delivered')
  await until('the line of the receiver', () => (output() === '' ? undefined : output()))
  expect(output()).toBe(`${delivery.id} ${scan} succeeded\n`)
  const headers = {
    'webhook-id': delivery.id,
    'webhook-timestamp': String(Math.floor(Date.now() / 1_000)),
  }
  for (const forged of ['v1,AAAA', `v1,${'é'.repeat(44)}`, '', `v1,${'A'.repeat(44)}`]) {
    const signed = { ...headers, 'webhook-signature': forged }
    const response = await fetch(url, { method: 'POST', headers: signed, body: '{}' })
    expect(response.status).toBe(401)
  }
})
