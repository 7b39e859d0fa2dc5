import { setTimeout as wait } from 'node:timers/promises'
import { startInstallation } from '../installation.ts'
import { createMaximumMeasure, type Measure, type AuditTrial } from '../audit-trial.ts'

const TYPES = 1_600
const STARTS = 500

/** Names that differ in one letter from those of the cluster. */
const misspellNames = (names: string[]): string[] =>
  names.map((name) => name.replace('widgets', 'wigdets'))

const listBodies = (types: string[]): [string, Record<string, unknown>][] => [
  ['one typo', { include: misspellNames(types.slice(0, 1)) }],
  ['500 near misses', { include: misspellNames(types.slice(0, 500)) }],
  [
    '99 globs that match nothing',
    { include: Array.from({ length: 99 }, (_, n) => `*a*b*c*d*e*f*g*${n}*.nowhere.example.com`) },
  ],
  [
    '499 includes and 500 excludes',
    { include: types.slice(0, 499), exclude: types.slice(500, 1_000) },
  ],
]

/** Requests that cost the API more than their sender. */
export const worstStarts: AuditTrial = {
  name: 'requests to start scans that are made to cost much',
  method: `A cluster of ${TYPES} types, one API process. *Blocked* is the longest answer of /livez, asked every 5 ms meanwhile.`,
  run: async (_lab, seed) => {
    await using installation = await startInstallation({
      types: TYPES,
      apis: 1,
      workers: 0,
      provider: { seed },
    })
    const url = installation.apis[0]?.url ?? ''
    // The first discovery of the cluster is not measured.
    await (await postScan(url, { include: installation.types.slice(0, 1), dryRun: true })).text()
    const measures: Measure[] = []
    for (const [name, body] of listBodies(installation.types)) {
      const blockedMs = await watchHealth(url, async () => {
        const response = await postScan(url, { ...body, dryRun: true })
        await response.text()
      })
      measures.push(createMaximumMeasure(`${name}: blocked, ms`, blockedMs, { most: 1_000 }))
    }
    return [...measures, ...(await measureManyStarts(url, installation.types))]
  },
}

async function measureManyStarts(url: string, types: string[]): Promise<Measure[]> {
  const answers = await Promise.all(
    Array.from({ length: STARTS }, async (_, index) => {
      const response = await postScan(url, { include: [types[index % types.length]] })
      const problem = (await response.json()) as { title?: string; code?: string }
      return { status: response.status, text: `${problem.code ?? ''} ${problem.title ?? ''}` }
    }),
  )
  const statuses = new Map<number, number>()
  for (const { status } of answers) statuses.set(status, (statuses.get(status) ?? 0) + 1)
  const blamed = answers.filter(({ text }) => /redis/i.test(text)).length
  return [
    createMaximumMeasure(`${STARTS} starts at once: answers that blame a healthy Redis`, blamed, {
      most: 0,
    }),
    {
      what: 'their statuses',
      value: [...statuses].map(([status, count]) => `${count} x ${status}`).join(', '),
    },
  ]
}

function postScan(url: string, body: Record<string, unknown>): Promise<Response> {
  return fetch(`${url}/api/v1/scans`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
}

/** The longest response time (ms) of /livez while `act` runs; it is polled until `act` has ended. */
async function watchHealth(url: string, act: () => Promise<void>): Promise<number> {
  let worstMs = 0
  let isOver = false
  const watching = (async () => {
    while (!isOver) {
      const askedAt = performance.now()
      await (await fetch(`${url}/livez`)).text()
      worstMs = Math.max(worstMs, performance.now() - askedAt)
      await wait(5)
    }
  })()
  await act()
  isOver = true
  await watching
  return worstMs
}
