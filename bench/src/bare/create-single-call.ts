import { openModels } from '@capstan/llm/open-models'
import { defaultModel } from '@capstan/shared/config/default-model'
import { buildQuestion } from '@capstan/shared/inference/prompt'

/** Sends the same prompt each time: the overhead of a call does not depend on the definition. */
export async function createSingleCall({
  url,
  apiKey,
}: {
  url: string
  apiKey: string
}): Promise<() => Promise<unknown>> {
  const models = await openModels({ anthropic: { apiKey, baseUrl: url } })
  const model = models.get('anthropic', defaultModel('anthropic'))
  if (!model) throw new Error('a model with a key is not served')
  const { signal } = new AbortController()
  const question = buildQuestion({ outline: 'Widget (example.com/v1, Namespaced)' })
  return () => model.ask(question, signal)
}
