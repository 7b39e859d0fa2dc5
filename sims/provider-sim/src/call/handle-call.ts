import { admit } from './admit.ts'
import { deliver } from './deliver.ts'
import type { Incoming } from './exchange.ts'
import { firstTokenMs } from './first-token.ts'
import { receive } from './receive.ts'
import { speak } from './speak.ts'

/** One call from its arrival to its end: received, admitted, answered after its latency, or failed as planned. */
export async function handleCall(incoming: Incoming): Promise<void> {
  const exchange = await receive(incoming)
  if (!exchange || !(await admit(exchange))) return
  const { state, asked, call, fault, over } = exchange
  const said = speak(exchange)
  call.outputTokens = said.outputTokens
  call.latencyMs = asked.embed
    ? state.config.embeddingMs
    : state.latency.ofCall(
        {
          seed: state.config.seed,
          definition: exchange.definition,
          attempt: call.attempt,
          outputTokens: said.outputTokens,
        },
        { nowMs: state.clock.nowMs(), inFlight: state.inFlight.total, schema: asked.schema },
      )
  const waitMs = asked.stream ? firstTokenMs(state.config, said, call.latencyMs) : call.latencyMs
  await state.clock.wait(fault?.afterMs ?? waitMs, over)
  await state.holds.released(exchange.definition, call.attempt, over)
  if (!over.aborted) await deliver(exchange, said)
}
