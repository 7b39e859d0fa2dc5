import { afterAll, beforeAll, expect, test } from 'vitest'
import { runCapstan, type Ran } from './run-capstan.ts'
import { startServer, type Server } from './start-server.ts'

let server: Server
const capstan = (...args: string[]): Promise<Ran> =>
  runCapstan(args, { environment: server.client })

beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.close())

test('a schedule is set, listed, paused, resumed and removed', async () => {
  const none = await capstan('get', 'schedules')
  expect(none).toMatchObject({ code: 0, out: '' })
  expect(none.err).toContain('schedule set')
  const options = ['--cron', '0 3 * * *', '--time-zone', 'Europe/Berlin', '-l', 'team=a']
  const set = await capstan('schedule', 'set', 'nightly', '*.apps', ...options)
  expect(set.code).toBe(0)
  expect(set.err).toContain('nightly runs next at')
  expect((await capstan('schedule', 'pause', 'nightly')).err).toContain('is paused')
  const listed = JSON.parse((await capstan('get', 'schedules', '-o', 'json')).out)
  expect(listed).toMatchObject([
    { name: 'nightly', paused: true, scan: { include: ['*.apps'], labels: { team: 'a' } } },
  ])
  expect((await capstan('schedule', 'resume', 'nightly')).err).toContain('runs next at')
  expect((await capstan('get', 'schedules')).out).toMatch(/^SCHEDULE +CRON +TIME ZONE/)
  expect((await capstan('schedule', 'remove', 'nightly')).code).toBe(0)
  expect((await capstan('schedule', 'remove', 'nightly')).code).toBe(1)
})

test('the queue of all scans is shown, held and released', async () => {
  expect((await capstan('queue')).out).toMatch(/^running, /)
  const held = await capstan('queue', 'pause')
  expect(held).toMatchObject({ code: 0, out: expect.stringMatching(/^paused, /) as string })
  expect(held.err).toContain('queue resume')
  const shown = JSON.parse((await capstan('queue', '-o', 'json')).out)
  expect(shown).toMatchObject({ paused: true, counts: { active: 0 } })
  expect((await capstan('queue', 'resume')).out).toMatch(/^running, /)
})

test('a schedule that cannot be is refused with what to mend', async () => {
  const refused = await capstan('schedule', 'set', 'nightly', '--cron', 'at three')
  expect(refused.code).not.toBe(0)
  expect(refused.err).toContain('five fields')
  expect((await capstan('schedule', 'set', '../scans', '--cron', '0 3 * * *')).code).toBe(2)
})

test('diff compares with the scan before, and prune shows that nothing has gone', async () => {
  await capstan('scan', '*.apps', '-q')
  const first = (await capstan('get', 'scans', '-o', 'name')).out.trim()
  const lonely = await capstan('diff')
  expect(lonely.code).not.toBe(0)
  expect(lonely.err).toContain('No earlier scan')
  await capstan('scan', '*.apps', '-q')
  const { code, out } = await capstan('diff')
  expect(code).toBe(0)
  expect(out).toContain(`against ${first}`)
  expect(out).toMatch(/\n\d+ types unchanged\n$/)
  expect((await capstan('prune')).err).toContain('Everything that is known is still there.')
})
