import { expect, test } from 'vitest'
import { z } from 'zod'
import { PROBLEM_CODES } from '@capstan/shared/contract/problem'
import { startRig } from '../support/api-rig.ts'

const View = z.object({
  code: z.enum(PROBLEM_CODES),
  type: z.string(),
  status: z.int(),
  meaning: z.string(),
})

test('GET /problems lists every problem, and the type of each is a page as JSON, HTML and text', async () => {
  const rig = await startRig()
  const read = (path: string, accept: string) => rig.ask(path, { headers: { accept } })
  const list = await read('/problems', 'application/json')
  const { data } = z.object({ data: z.array(View) }).parse(await list.json())
  expect(data.map(({ code }) => code)).toEqual(PROBLEM_CODES)
  for (const view of data) {
    const json = await read(view.type, 'application/json')
    expect(json.headers.get('content-type')).toContain('application/json')
    expect(await json.json()).toMatchObject(view)
    const html = await read(view.type, 'text/html,application/xhtml+xml,*/*;q=0.8')
    expect(html.headers.get('content-type')).toContain('text/html')
    expect(await html.text()).toContain(`<code>${view.code}</code>`)
    const text = await read(view.type, '*/*')
    expect(text.headers.get('content-type')).toContain('text/plain')
    expect(await text.text()).toContain(view.meaning)
  }
  expect(await (await read('/problems', 'text/html')).text()).toContain(
    'href="/problems/scan-conflict"',
  )
  expect(await (await read('/problems', '*/*')).text()).toContain('provider_auth')
})

test('a problem page is found by its code in any case, and an unknown code is 404', async () => {
  const rig = await startRig()
  for (const name of ['SCAN_CONFLICT', 'scan_conflict', 'Scan-Conflict']) {
    expect((await rig.ask(`/problems/${name}`)).status, name).toBe(200)
  }
  for (const name of ['nothing', 'constructor', '__proto__', '%3Cscript%3E']) {
    const missing = await rig.ask(`/problems/${name}`)
    expect(missing.status, name).toBe(404)
    expect(await missing.text()).not.toContain('<script>')
  }
})

test('the response to an invalid HTTP request has a problem type', async () => {
  const rig = await startRig()
  const problem = (await (await rig.ask('/api/v1/%zz')).json()) as { type: string }
  expect(problem.type).toBe('/problems/validation')
  expect((await rig.ask(problem.type)).status).toBe(200)
})
