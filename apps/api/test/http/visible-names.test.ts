import { expect, test } from 'vitest'
import { Problem } from '@capstan/shared/contract/problem'
import { startRig } from '../support/api-rig.ts'
import { literalClusters } from '../support/literal-clusters.ts'

const HIDDEN: Record<string, number> = {
  NUL: 0x00,
  escape: 0x1b,
  'a line feed': 0x0a,
  delete: 0x7f,
  'a C1 control': 0x9b,
  'a soft hyphen': 0xad,
  'a zero-width space': 0x200b,
  'a zero-width joiner': 0x200d,
  'a right-to-left override': 0x202e,
  'a first strong isolate': 0x2068,
  'a line separator': 0x2028,
  'a word joiner': 0x2060,
  'a Hangul filler': 0x3164,
  'a blank Braille pattern': 0x2800,
  'a variation selector': 0xfe0f,
  'a byte order mark': 0xfeff,
  'a lone surrogate': 0xd800,
  'a tag character': 0xe0041,
}

/** The body with a name that contains `text`, and the pointer to its field. */
const FIELDS: [method: string, path: string, pointer: string, body: (text: string) => unknown][] = [
  ['POST', '/scans', '#/model', (model) => ({ model })],
  ['POST', '/scans', '#/cluster', (cluster) => ({ cluster })],
  ['POST', '/scans', '#/include/0', (name) => ({ include: [name] })],
  ['POST', '/scans', '#/exclude/1', (name) => ({ exclude: ['a', name] })],
  ['POST', '/scans', '#/labels/team', (team) => ({ labels: { team } })],
  ['POST', '/scans', '#/model', (model) => ({ dryRun: true, model })],
  [
    'PUT',
    '/schedules/nightly',
    '#/scan/model',
    (model) => ({ cron: '0 0 * * *', scan: { model } }),
  ],
  [
    'PUT',
    '/schedules/nightly',
    '#/scan/labels/team',
    (team) => ({ cron: '0 0 * * *', scan: { labels: { team } } }),
  ],
  ['POST', '/providers/demo/test', '#/model', (model) => ({ model })],
  ['POST', '/providers/demo/test', '#/account', (account) => ({ account })],
  ['POST', '/providers/demo/resume', '#/model', (model) => ({ model })],
  ['POST', '/providers/demo/resume', '#/account', (account) => ({ account })],
]

test.for(Object.entries(HIDDEN))(
  'a name with %s is rejected with a problem that reports its field and the character',
  async ([, code]) => {
    const { clusters } = literalClusters(['Kafka'])
    const rig = await startRig({ clusters })
    for (const [method, path, pointer, bodyWith] of FIELDS) {
      // Placed between two letters, because surrounding space is trimmed.
      const body = bodyWith(`a${String.fromCodePoint(code)}b`)
      const response = await rig.ask(`/api/v1${path}`, { method, json: body })
      expect(response.status, pointer).toBe(400)
      const { errors } = Problem.parse(await response.json())
      const shown = code.toString(16).toUpperCase().padStart(4, '0')
      expect(errors).toEqual([{ pointer, detail: expect.stringContaining(`U+${shown}`) }])
    }
  },
)

test('names in other scripts, with spaces and with emoji are accepted', async () => {
  const { clusters } = literalClusters(['Kafka'])
  const rig = await startRig({ clusters })
  const labels = { a: 'Größe 1', b: '平台', c: 'منصة', d: '🚀', e: '' }
  const response = await rig.ask('/api/v1/scans', { json: { labels, model: 'org/Model 7B:q4' } })
  expect(response.status).toBe(202)
  expect(await response.json()).toMatchObject({ labels, model: 'org/Model 7B:q4' })
})
