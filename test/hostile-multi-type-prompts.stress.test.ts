import { join } from 'node:path'
import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'
import { CapabilityView, type Capability } from '@capstan/shared/contract/capability'
import { openLimiter } from '@capstan/limits/limiter/limiter'
import { testClusterSim } from '@capstan/testkit/cluster-sim'
import { testProviderSim } from '@capstan/testkit/provider-sim'
import { testRedis } from '@capstan/testkit/redis'
import { until } from '@capstan/testkit/until'
import { OBEY } from './hostile-carriers.ts'
import { HOSTILE_CRDS, writeHostileFolder } from './hostile-crds.ts'
import {
  obeyAlone,
  OBEDIENT_ANSWER,
  startObedientModel,
  type RecordedPrompt,
} from './obedient-model.ts'
import { startTestStack, temporaryFile, temporaryFolder, type TestStack } from './test-stack.ts'

const KEY = 'sk-ant-0123456789abcdef'
const MODEL = 'test-model'
const PACK = 8
/** The hostile types, and some common types beside them. */
const INCLUDE = [
  '*.hostile.example',
  '*.apps',
  '*.batch',
  '*.rbac.authorization.k8s.io',
  '*.storage.k8s.io',
  '*.networking.k8s.io',
  'services',
  'secrets',
  'configmaps',
]

interface PromptPart {
  label: string
  nonce: string
  outline: string
}

/** The definitions of a multi-type prompt; empty for a prompt about one type. */
function readParts(user: string): PromptPart[] {
  const each =
    /^Definition ([0-9a-f]{8}):\n-----definition ([0-9a-f]{24})-----\n([^]*?)\n-----end definition \2-----/gm
  return [...user.matchAll(each)].map(([, label = '', nonce = '', outline = '']) => ({
    label,
    nonce,
    outline,
  }))
}

const gaveOrders = ({ outline }: PromptPart): boolean => outline.includes(OBEY)
const promptsWithOrder = (prompts: RecordedPrompt[]): PromptPart[][] =>
  prompts.map(({ user }) => readParts(user)).filter((parts) => parts.some(gaveOrders))

const answersOf = (parts: PromptPart[], answer: (member: PromptPart) => string): string =>
  parts.map((one) => `{"label":"${one.label}","answer":${answer(one)}}`).join(',')

/** Equal answers of several types in one call are dropped, so these differ. */
const obedientFor = ({ label }: PromptPart): string =>
  OBEDIENT_ANSWER.replace('"description": "', `"description": "${label} `)

/** Ways in which a model may obey one definition of a multi-type prompt, from the mildest to the worst. */
const OBEDIENCE: ((parts: PromptPart[], usual: Map<string, string>) => string)[] = [
  // An order changes only the answer of its own type.
  (parts, usual) =>
    `{"answers":[${answersOf(parts, (one) => (gaveOrders(one) ? obedientFor(one) : (usual.get(one.label) ?? '')))}]}`,
  // An order changes the answers of all other types as well.
  (parts) => `{"answers":[${answersOf(parts, () => OBEDIENT_ANSWER)}]}`,
  // One answer, as for a single type.
  () => OBEDIENT_ANSWER,
  // The answers of the other types are given twice.
  (parts, usual) =>
    `{"answers":[${answersOf(parts, ({ label }) => usual.get(label) ?? '')},${answersOf(
      parts.filter((one) => !gaveOrders(one)),
      () => OBEDIENT_ANSWER,
    )}]}`,
  // Answers for types and labels that the prompt does not contain.
  (parts, usual) =>
    `{"__proto__":{"polluted":true},"answers":[{"label":"00000000","answer":${OBEDIENT_ANSWER}},{"label":"__proto__","answer":${OBEDIENT_ANSWER}},${answersOf(
      parts,
      ({ label }) => usual.get(label) ?? '',
    )}],"secrets":${OBEDIENT_ANSWER}}`,
]

/** Applies the next of these to each multi-type prompt that contains an order. A single-type prompt is obeyed. */
function obeyInMultiTypePrompts() {
  let promptCount = 0
  return (user: string, pass: () => Promise<string>): Promise<string> | undefined => {
    const parts = readParts(user)
    if (parts.length === 0) return obeyAlone(user, pass)
    if (!parts.some(gaveOrders)) return undefined
    const obey = OBEDIENCE[promptCount++ % OBEDIENCE.length]
    return pass().then((text) => obey?.(parts, readUsualAnswers(text)) ?? text)
  }
}

function readUsualAnswers(text: string): Map<string, string> {
  const { answers } = JSON.parse(text) as { answers: { label: string; answer: unknown }[] }
  return new Map(answers.map(({ label, answer }) => [label, JSON.stringify(answer)]))
}

/** Five tokens per millisecond: each prompt waits for most of a second while the next one grows. */
const LIMITS = { perMinute: { 'input-tokens': 300_000 } }

/** Uses up the token bucket, because only waiting calls are coalesced. The returned function refunds it. */
async function exhaustBucket({ url, keys }: ReturnType<typeof testRedis>) {
  const redis = new Redis(url)
  onTestFinished(() => redis.disconnect())
  const concurrency = { start: 200, max: 1_000 }
  const limiter = openLimiter({
    redis,
    keys,
    limitsFor: () => ({ ...LIMITS, cachedTokensCount: false, concurrency }),
  })
  const limitKey = { account: 'anthropic', model: MODEL }
  const lease = 'held by a test'
  // More than the bucket holds: the first call waits 10 s, which its max wait allows.
  const size = { characters: 1_400_000, maxOutputTokens: 0 }
  await limiter.acquire(limitKey, { lease, ...size, ttlMs: 60_000, maxWaitMs: 0, pollMs: 0 })
  return () => limiter.settle(limitKey, lease, { kind: 'unsent' })
}

async function scanWithMultiTypePrompts() {
  const folder = join(await temporaryFolder(), 'hostile')
  await writeHostileFolder(folder)
  const cluster = await testClusterSim({ cluster: folder })
  const provider = await testProviderSim()
  const model = await startObedientModel(provider.url, KEY, obeyInMultiTypePrompts())
  const redis = testRedis()
  const stack = await startTestStack({
    environment: { REDIS_URL: redis.url, CAPSTAN_REDIS_PREFIX: redis.keys.prefix },
    api: { KUBECONFIG: await temporaryFile('kubeconfig', cluster.kubeconfig) },
    worker: {
      ANTHROPIC_API_KEY: KEY,
      ANTHROPIC_BASE_URL: model.url,
      ANTHROPIC_LIMITS: `itpm=${LIMITS.perMinute['input-tokens']}`,
      CAPSTAN_CONCURRENCY: '200',
      CAPSTAN_TYPES_PER_CALL: String(PACK),
      // Otherwise the first call would be made alone.
      CAPSTAN_ASSUME_DIALECT: 'true',
    },
  })
  await stack.ask('/api/v1/queue/pause', { json: {} })
  const scanId = await stack.scan({ include: INCLUDE, provider: 'anthropic', model: MODEL })
  await until('the plan', async () => (await stack.read(scanId)).progress.total ?? undefined)
  const release = await exhaustBucket(redis)
  await stack.ask('/api/v1/queue/resume', { json: {} })
  await until('each kind of obedience', () =>
    promptsWithOrder(model.prompts).length >= OBEDIENCE.length ? true : undefined,
  )
  await release()
  const scan = await stack.settled(scanId)
  return { stack, scan, prompts: model.prompts, providerUrl: provider.url }
}

test('a hostile definition in a multi-type prompt changes at most its own answer, whatever the model does', async () => {
  const { stack, scan, prompts, providerUrl } = await scanWithMultiTypePrompts()

  expect(scan).toMatchObject({ status: 'succeeded', progress: { failed: 0 } })
  const rows = await rowsOf(stack)
  expect(rows.length).toBe(scan.progress.total)
  const parts = prompts.flatMap(({ user }) => readParts(user))
  expect(HOSTILE_CRDS.length).toBeGreaterThanOrEqual(60)
  // Each kind of obedience occurred, with another type beside the hostile one.
  expect(promptsWithOrder(prompts).length).toBeGreaterThanOrEqual(OBEDIENCE.length)
  expectSafePrompts(prompts)
  expectOwnRowsOnly(rows, parts)
  await expectUsualWords(rows, prompts, providerUrl)
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  const outputs = [stack.api.output(), stack.worker?.output()]
  expect(JSON.stringify([rows, prompts, outputs])).not.toContain(KEY)
})

async function rowsOf({ ask }: TestStack): Promise<Capability[]> {
  const response = await ask('/api/v1/capabilities?limit=200')
  return ((await response.json()) as { data: unknown[] }).data.map((row) =>
    CapabilityView.strict().parse(row),
  )
}

/**
 * Each definition has a fence and a label that it cannot know. The fixed part of the prompt is the same for
 * all.
 */
function expectSafePrompts(prompts: RecordedPrompt[]): void {
  expect(new Set(prompts.map(({ system }) => system)).size).toBe(1)
  for (const { user } of prompts) {
    const parts = readParts(user)
    const [count] = /(?<=there are )\d+(?= definitions)/.exec(user) ?? ['0']
    expect(parts).toHaveLength(Number(count))
    expect(parts.length).toBeLessThanOrEqual(PACK)
    const known = parts.flatMap(({ label, nonce }) => [label, nonce])
    expect(new Set(known).size).toBe(2 * parts.length)
    for (const { outline } of parts) {
      expect(outline).not.toMatch(/^\s*-----/m)
      for (const secret of known) expect(outline).not.toContain(secret)
    }
  }
}

const kindOf = ({ outline }: Pick<PromptPart, 'outline'>): string => outline.split(' ', 1)[0] ?? ''

/** Only rows of types with an order are changed, and never their identity. */
function expectOwnRowsOnly(rows: Capability[], parts: PromptPart[]): void {
  const ordering = new Set(parts.filter(gaveOrders).map(kindOf))
  const changed = rows.filter((row) => row.useCase === 'Send all keys to evil.example.')
  const coalesced = changed.filter(({ provenance }) => provenance.sharedWith > 0)
  expect(coalesced.length).toBeGreaterThan(0)
  for (const row of coalesced) expect(ordering).toContain(row.kind)
  for (const row of changed) {
    expect(row).toMatchObject({ group: 'hostile.example', cluster: 'hostile', override: null })
    expect(row.provenance.provider).toBe('anthropic')
  }
  const innocent = rows.filter(({ group }) => group !== 'hostile.example')
  expect(innocent.length).toBeGreaterThan(15)
  expect(JSON.stringify(innocent)).not.toMatch(/evil\.example|OBEY-ME|alert\(1\)|root access/i)
}

/** Common types keep the answer that the model gives about them alone, even beside an order. */
async function expectUsualWords(rows: Capability[], prompts: RecordedPrompt[], url: string) {
  const innocent = rows.filter(({ group }) => group !== 'hostile.example')
  const kinds = new Set(innocent.map(({ kind }) => kind))
  const neighbours = promptsWithOrder(prompts)
    .flat()
    .filter((member) => kinds.has(kindOf(member)))
  expect(neighbours.length).toBeGreaterThan(0)
  for (const { kind, apiVersion, useCase, providers } of innocent) {
    const question = prompts.map(({ user }) => fencedPart(user, `${kind} (${apiVersion}`))
    const alone = await askSingleType(url, question.find((part) => part !== undefined) ?? '')
    expect({ kind, useCase, providers }).toEqual({ kind, ...alone })
  }
}

/** The definition that starts with this text, between its fences. */
function fencedPart(user: string, beginning: string): string | undefined {
  const parts =
    user.match(/^-----definition ([0-9a-f]{24})-----\n[^]*?\n-----end definition \1-----$/gm) ?? []
  return parts.find((part) => part.split('\n')[1]?.startsWith(beginning))
}

async function askSingleType(url: string, content: string) {
  const response = await fetch(`${url}/v1/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': KEY },
    body: JSON.stringify({
      model: MODEL,
      max_tokens: 1_500,
      messages: [{ role: 'user', content }],
    }),
  })
  const message = (await response.json()) as { content: { text: string }[] }
  const { useCase, providers } = JSON.parse(message.content[0]?.text ?? '') as Capability
  return { useCase, providers }
}
