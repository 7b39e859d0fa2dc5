import type { ServerResponse } from 'node:http'
import { deliverWhole } from './deliver.ts'
import { buildGoodAnswer } from './build-good-answer.ts'
import { asObject, readPrompt } from './request-parts.ts'
import { writeCapability } from './write-capability.ts'
import type { Behavior, OddRequest, Product, OddReply } from './types.ts'
import type { OddCallOutcome } from './odd-call-log.ts'

interface OddAnswer {
  outcome: OddCallOutcome
  reply: OddReply
  deliver: (response: ServerResponse, reply: OddReply) => void
}

/** Answers as a product with these behaviors: faults come before refusals, refusals before good answers. */
export function answerOddRequest(
  product: Product,
  behaviors: readonly Behavior[],
  request: OddRequest,
): OddAnswer {
  const deliver = behaviors.find((behavior) => behavior.deliver)?.deliver ?? deliverWhole
  for (const behavior of behaviors) {
    if (behavior.fault) return { outcome: 'fault', reply: behavior.fault(request), deliver }
  }
  for (const { refuse } of [product, ...behaviors]) {
    const reply = refuse?.(request)
    if (reply) return { outcome: 'refused', reply, deliver: deliverWhole }
  }
  const body = writeAnswer(product, behaviors, request)
  return { outcome: 'answered', reply: { status: 200, body }, deliver }
}

function writeAnswer(
  product: Product,
  behaviors: readonly Behavior[],
  request: OddRequest,
): unknown {
  let text = writeCapability(readPrompt(request))
  for (const { write } of behaviors) text = write?.(text) ?? text
  const answer = buildGoodAnswer(request, text)
  let body: unknown = product.shape?.(answer, text) ?? answer
  for (const { shape } of behaviors) body = shape?.(asObject(body), text) ?? body
  return body
}
