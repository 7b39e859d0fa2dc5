import { replaceChoice, replaceMessage } from '../build-good-answer.ts'
import type { Behavior } from '../types.ts'
import type { FurtherServer } from './further-server.ts'

/** The response contains the answer where a client can find it. */
function createWrapped(behavior: Behavior): FurtherServer {
  return { wire: 'openai', behavior, succeeds: 'always', reasons: [] }
}

/** The response contains the answer in an undocumented place. */
function createHidden(behavior: Behavior): FurtherServer {
  const reasons = ['invalid_output', 'provider_error'] as const
  return { wire: 'openai', behavior, succeeds: 'maybe', reasons }
}

export const ODD_WRAPPINGS: Record<string, FurtherServer> = {
  'harmony-channels': createWrapped({
    source: 'https://github.com/ggml-org/llama.cpp/pull/15181',
    write: (text) =>
      `<|channel|>analysis<|message|>It wants {JSON}. I look at the fields.<|end|><|start|>assistant<|channel|>final <|constrain|>json<|message|>${text}`,
  }),
  'harmony-words': createWrapped({
    source: 'https://github.com/llama-farm/llamafarm/issues/753',
    write: (text) => `analysisWe need to answer with JSON only.assistantfinal${text}`,
  }),
  'bracket-think': createWrapped({
    source: 'https://docs.mistral.ai/capabilities/reasoning',
    write: (text) => `[THINK]A {widget}, it seems.[/THINK]${text}`,
  }),
  'seed-think': createWrapped({
    source: 'https://github.com/ByteDance-Seed/seed-oss',
    write: (text) => `<seed:think>A widget {of some kind}.</seed:think>${text}`,
  }),
  'process-headings': createWrapped({
    source: 'https://huggingface.co/ibm-granite/granite-3.2-8b-instruct',
    write: (text) =>
      `Here is my thought process:\n\nThe type {x} runs a service.\n\nHere is my response:\n\n${text}`,
  }),
  'draft-first': createWrapped({
    source: 'https://github.com/vllm-project/vllm/issues/21130',
    write: (text) =>
      `<think>\nA first try: {"capabilities": ["draft"], "confidence": 0.1}\n</think>\n${text}`,
  }),
  'schema-echo': createWrapped({
    source: 'https://github.com/dotnet/extensions/issues/5927',
    write: (text) =>
      `{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","properties":${text},"additionalProperties":false}`,
  }),
  'python-literal': createWrapped({
    source: 'https://github.com/browser-use/browser-use/pull/2097',
    write: (text) => text.replaceAll("'", '’').replaceAll('"', "'"),
  }),
  'typed-names': createWrapped({
    source: 'https://github.com/ollama/ollama/issues/8063',
    write: (text) => text.replace('"low"', '"Low"').replace('0.8', '"80%"'),
  }),
  'object-arguments': createWrapped({
    source: 'https://github.com/ggml-org/llama.cpp/issues/20198',
    shape: (body, text) =>
      replaceMessage(body, {
        content: '',
        tool_calls: [
          { type: 'function', function: { name: 'json', arguments: JSON.parse(text) as unknown } },
        ],
      }),
  }),
  'no-finish-reason': createWrapped({
    source: 'https://github.com/maximhq/bifrost/issues/5425',
    shape: (body) => ({ ...replaceChoice(body, { finish_reason: null }), usage: null, id: null }),
  }),
  'null-details': createWrapped({
    source: 'https://github.com/PostHog/posthog-python/issues/574',
    shape: (body) => ({
      ...body,
      usage: {
        prompt_tokens: 500,
        completion_tokens: 200,
        prompt_tokens_details: { cached_tokens: null },
        completion_tokens_details: { reasoning_tokens: null },
      },
    }),
  }),
  'text-choice': createHidden({
    source: 'https://github.com/acon96/home-llm/issues/72',
    shape: (body, text) => ({ ...body, choices: [{ index: 0, text, finish_reason: 'stop' }] }),
  }),
}
