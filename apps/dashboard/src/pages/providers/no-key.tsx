const SETTINGS: [name: string, meaning: string][] = [
  ['ANTHROPIC_API_KEY', 'a key of Anthropic'],
  ['OPENAI_API_KEY', 'a key of OpenAI'],
  ['OPENAI_BASE_URL', 'any server with the interface of OpenAI, such as vLLM or Ollama'],
]

/** No model can be called: what happens all the same, and which settings change it. */
export function NoKey({ hasWorker }: { hasWorker: boolean }) {
  return (
    <div class="notice">
      <strong>{hasWorker ? 'No model is configured' : 'No worker announces a provider'}</strong>
      <span>
        Known types get curated answers, and other types get answers by rules. For a model set one
        of these on the workers:
      </span>
      <dl class="pairs">
        {SETTINGS.map(([name, meaning]) => (
          <>
            <dt>
              <code>{name}</code>
            </dt>
            <dd>{meaning}</dd>
          </>
        ))}
      </dl>
    </div>
  )
}
