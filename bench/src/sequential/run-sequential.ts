import type { ClusterSource } from '@capstan/cluster/cluster-source'
import { selectTypes } from '@capstan/cluster/select-types'
import { openModels } from '@capstan/llm/open-models'
import { defaultModel } from '@capstan/shared/config/default-model'
import type { Definition } from '@capstan/shared/contract/definition'
import type { ResourceType } from '@capstan/shared/contract/resource-type'
import { parseAnswer } from '@capstan/shared/inference/parse-answer'
import { buildQuestion } from '@capstan/shared/inference/prompt'
import type { Model } from '@capstan/shared/inference/types'
import { NO_CACHE, openBenchCluster } from '../stack/read-definitions.ts'

export interface SequentialPlan {
  /** Text of the kubeconfig. */
  kubeconfig: string
  providerUrl: string
  include: string[]
}

export interface SequentialRun {
  /** Clock times (ms): before discovery, after the last answer. */
  startedAtMs: number
  endedAtMs: number
  types: number
  failed: number
}

/**
 * The sequential baseline: finds the types, then reads the definition of one type after another and waits for the
 * answer of the model. Cluster client, prompt, SDK and parser are those of Capstan, so that only the order differs.
 */
export async function runSequential(
  plan: SequentialPlan,
  signal: AbortSignal,
): Promise<SequentialRun> {
  await using stack = new AsyncDisposableStack()
  const source = await openBenchCluster(stack, plan.kubeconfig)
  const model = await openModel(plan.providerUrl)

  const startedAtMs = Date.now()
  const discovery = await source.discover(signal)
  const { selected: types } = await selectTypes(discovery.types, {
    include: plan.include,
    exclude: [],
  })
  let failed = 0
  for (const type of types) {
    const definition = await readDefinition(source, type, signal)
    if (!definition || !(await ask(model, definition, signal))) failed += 1
  }
  return { startedAtMs, endedAtMs: Date.now(), types: types.length, failed }
}

async function openModel(baseUrl: string): Promise<Model> {
  const models = await openModels({
    anthropic: { apiKey: 'sk-ant-simulated-0000000000000000', baseUrl },
  })
  const model = models.get('anthropic', defaultModel('anthropic'))
  if (!model) throw new Error('a model with a key is not served')
  return model
}

async function readDefinition(
  source: ClusterSource,
  type: ResourceType,
  signal: AbortSignal,
): Promise<Definition | undefined> {
  for await (const result of source.describe([type], NO_CACHE, signal)) {
    if (result.outcome === 'described') return result.definition
  }
  return undefined
}

/** Whether a valid answer arrived. False after an error of the provider. Throws when the signal aborts. */
async function ask(model: Model, definition: Definition, signal: AbortSignal): Promise<boolean> {
  try {
    const answer = await model.ask(buildQuestion(definition), signal)
    return parseAnswer(answer.text).outcome === 'valid'
  } catch {
    signal.throwIfAborted()
    return false
  }
}
