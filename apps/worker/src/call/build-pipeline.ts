import { answerByRules } from './answer-by-rules.ts'
import type { ItemRequest, ModelCall, Stage, StoredAnswer } from './model-call.ts'
import type { PipelineParts, ProviderCallParts } from './pipeline-parts.ts'
import { sendCall } from './send-call.ts'
import { withAccounts } from './with-accounts/with-accounts.ts'
import { withBatchAnswers } from './with-batch-answers.ts'
import { withCallRecord } from './with-call-record.ts'
import { withCuratedAnswers } from './with-curated-answers.ts'
import { withDailyBudget } from './with-daily-budget.ts'
import { withCallDeadline } from './with-call-deadline.ts'
import { withDialect } from './with-dialect.ts'
import { withFallback } from './with-fallback.ts'
import { withHedging } from './with-hedging/with-hedging.ts'
import { withMetrics } from './with-metrics.ts'
import { withMultiTypePrompt } from './with-multi-type-prompt/with-multi-type-prompt.ts'
import { withPermit } from './with-permit/with-permit.ts'
import { withProgress } from './with-progress.ts'
import { withRepair } from './with-repair.ts'
import { withResultCache } from './with-result-cache.ts'
import { withRouteHealth } from './with-route-health.ts'
import { withRouteTrial } from './with-route-trial.ts'
import { withRuleBasedAnswers } from './with-rule-based-answers.ts'
import { withScanBudget } from './with-scan-budget.ts'

/** One call at an account of a provider, without cache, repair and fallback. The stage nearest to the SDK comes first. */
export function buildProviderCall(parts: ProviderCallParts): ModelCall {
  const { hedging } = parts
  return chainStages(sendCall, [
    withCallDeadline(parts.callTimeoutMs),
    withCallRecord,
    withRouteTrial(parts.health),
    withDailyBudget(parts),
    hedging && withScanBudget({ ...parts, ...hedging }),
    withPermit(parts),
    withRouteHealth(parts.health),
    hedging && withHedging(hedging),
    withDialect(parts),
    withAccounts(parts),
  ])
}

/** The answer about an item of a scan. A stage that is off is not in the chain. */
export function buildPipeline(
  callProvider: ModelCall,
  parts: PipelineParts,
): ModelCall<ItemRequest, StoredAnswer> {
  const { fallback, typesPerCall } = parts
  const callRoute = chainStages(callProvider, [
    typesPerCall > 1 && withMultiTypePrompt(typesPerCall),
    withRuleBasedAnswers(answerByRules),
    withMetrics(parts.metrics),
    withProgress,
  ])
  const batched = withBatchAnswers(parts.batch)(callRoute)
  const valid = withRepair(parts)(batched)
  const stored = withResultCache(parts)(valid)
  const answered = fallback ? withFallback(fallback)(stored) : stored
  return withCuratedAnswers(parts)(answered)
}

type OptionalStage = Stage | false | undefined

function chainStages(end: ModelCall, stages: OptionalStage[]): ModelCall {
  return stages.reduce((next, stage) => (stage ? stage(next) : next), end)
}
