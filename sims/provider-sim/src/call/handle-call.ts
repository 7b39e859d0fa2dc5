import { admitCall } from './admit-call.ts'
import { deliverAnswer } from './deliver-answer.ts'
import type { CallConnection } from './call-exchange.ts'
import { computeFirstTokenMs } from './first-token.ts'
import { receiveCall } from './receive-call.ts'
import { composeAnswer } from './compose-answer.ts'

/** Handles one call: receive, admit, answer after its latency, or fail as configured. */
export async function handleCall(incoming: CallConnection): Promise<void> {
  const exchange = await receiveCall(incoming)
  if (!exchange || !(await admitCall(exchange))) return
  const { state, modelRequest, call, fault, closed } = exchange
  const modelAnswer = composeAnswer(exchange)
  call.outputTokens = modelAnswer.outputTokens
  call.latencyMs = modelRequest.embed
    ? state.config.embeddingMs
    : state.latency.draw(
        {
          seed: state.config.seed,
          definition: exchange.definition,
          attempt: call.attempt,
          outputTokens: modelAnswer.outputTokens,
        },
        { nowMs: state.clock.nowMs(), inFlight: state.inFlight.total, schema: modelRequest.schema },
      )
  const waitMs = modelRequest.stream
    ? computeFirstTokenMs(state.config, modelAnswer, call.latencyMs)
    : call.latencyMs
  await state.clock.wait(fault?.afterMs ?? waitMs, closed)
  await state.holds.waitForRelease(exchange.definition, call.attempt, closed)
  if (!closed.aborted) await deliverAnswer(exchange, modelAnswer)
}
