import { expect, test } from 'vitest'
import { DialectRefusal } from '@capstan/shared/inference/dialect-refusal'
import { FULL_DIALECT } from '@capstan/shared/inference/full-dialect'
import { ItemError } from '@capstan/shared/errors'
import { makeAdmitted, makeRequest, makeResult, makeTarget } from '../../test/make-request.ts'
import { getCause, getSpent } from './model-call-error.ts'
import type { Dialects } from './dialects/open-dialects.ts'
import type { CallRequest, ModelCall } from './model-call.ts'
import { withCallRecord } from './with-call-record.ts'
import { withDialect } from './with-dialect.ts'

const JSON_OBJECT = { ...FULL_DIALECT, output: 'json_object' } as const
const original = new ItemError('provider_error', 'fail', 'no schemas here', { kind: 'bad_request' })
const refusal = new DialectRefusal({ original, isClear: true, next: JSON_OBJECT, last: undefined })

/** An endpoint whose dialect is known: the full one until it was refused. */
const dialects: Dialects = {
  choose: async (_account, _model, options) => ({
    outcome: 'ready',
    dialect: options?.refused ? JSON_OBJECT : FULL_DIALECT,
    isProven: true,
  }),
  confirm: () => undefined,
  forget: () => undefined,
}

/** Calls an endpoint that refuses every dialect not in `accepted`. */
function call(accepted: string[]) {
  const kinds: string[] = []
  const send: ModelCall = async ({ kind, admitted }) => {
    kinds.push(kind)
    if (!accepted.includes(admitted?.target.dialect?.output ?? '')) throw refusal
    return makeResult('good')
  }
  const admit = (request: CallRequest) =>
    withCallRecord(send)({ ...request, admitted: makeAdmitted(request.targets?.[0]) })
  const stage = withDialect({
    dialects,
    health: { recordFailure: async (_account, _model, error) => error },
  })
  const { account } = makeTarget()
  const model = {
    provider: 'openai',
    model: 'm',
    dialects: { full: FULL_DIALECT, isAssumed: true },
  }
  const targets = [{ ...makeTarget(), account: { ...account, model: () => model as never } }]
  return { result: stage(admit)(makeRequest({ targets })), kinds }
}

test('a call is sent in the known dialect of its endpoint', async () => {
  const { result, kinds } = call([FULL_DIALECT.output])
  expect((await result).answer.dialect).toEqual(FULL_DIALECT)
  expect(kinds).toEqual(['first'])
})

test('a refused call is sent again in another dialect, and the result carries the cost of both', async () => {
  const { result, kinds } = call(['json_object'])
  const { spent, answer } = await result
  expect(answer.dialect).toEqual(JSON_OBJECT)
  expect(kinds).toEqual(['first', 'again'])
  expect(spent.calls.map(({ outcome }) => outcome)).toEqual(['dialect_refused', 'answered'])
})

/** An endpoint with a known dialect, and one whose dialect is unknown. */
function openTwo(names: [string, string]) {
  const asked: string[] = []
  let given = 0
  const negotiation = {
    dialect: FULL_DIALECT,
    refusals: 0,
    old: undefined,
    isOpen: true,
    sent: () => undefined,
    next: async () => undefined,
    end: async () => undefined,
    giveUp: () => void (given += 1),
  }
  const two: Dialects = {
    ...dialects,
    choose: async ({ name }) =>
      name === 'known'
        ? { outcome: 'ready', dialect: FULL_DIALECT, isProven: true }
        : { outcome: 'negotiate', negotiation },
  }
  const stage = withDialect({
    dialects: two,
    health: { recordFailure: async (_account, _model, error) => error },
  })
  const targets = names.map((name) => {
    const { account, ...target } = makeTarget(name)
    return { ...target, account: { ...account, model: () => ({ dialects: {} }) as never } }
  })
  const call = stage((request) => {
    const [target] = request.targets ?? []
    asked.push(target?.account.name ?? '')
    return withCallRecord(async () => makeResult('good'))({
      ...request,
      admitted: makeAdmitted(target),
    })
  })
  return {
    asked,
    given: () => given,
    call: (isRetry?: boolean) => call(makeRequest({ targets, isRetry })),
  }
}

test.each<[string, string]>([
  ['known', 'new'],
  ['new', 'known'],
])(
  'with the accounts %s and %s a first attempt negotiates the unknown dialect, and a retry does not',
  async (...names) => {
    const { asked, given, call: send } = openTwo(names)
    await send()
    const before = given()
    await send(true)
    expect(asked).toEqual(['new', 'known'])
    // Another call may negotiate.
    expect(given() - before).toBe(1)
  },
)

test('a retry negotiates when no account has a known dialect', async () => {
  const { asked, call: send } = openTwo(['new', 'other'])
  await send(true)
  expect(asked).toEqual(['new'])
})

test('the first refusal is thrown when no dialect is accepted, with the cost of all calls', async () => {
  const error: unknown = await call([]).result.catch((thrown: unknown) => thrown)
  expect(getCause(error)).toBe(original)
  expect(getSpent(error).calls.map(({ outcome }) => outcome)).toEqual([
    'dialect_refused',
    'dialect_refused',
  ])
})
