import { toPlainText } from '@capstan/shared/text/to-plain-text'
import type { ServedProvider } from '@capstan/shared/contract/worker-status'

/** The model that answers scans without an explicit model, as reported by the workers. */
export interface ServedModel {
  /** Records what a worker serves. */
  note(providers: ServedProvider[]): void
  /** Returns lines for the banner. Later changes are logged. */
  show(): string[]
}

/** All workers have the same settings, so equal reports of several workers are logged once. */
export function trackServedModel(log: (line: string) => void): ServedModel {
  let shown: string | undefined
  let latest: string[] = []
  return {
    note: ([usual]) => {
      if (!usual) return
      latest = describeModel(usual)
      const line = latest.join(' ')
      if (shown === undefined || line === shown) return
      shown = line
      log(line)
    },
    show: () => {
      shown = latest.join(' ')
      return latest
    },
  }
}

function describeModel({ provider, model, endpoint, problem }: ServedProvider): string[] {
  if (provider === 'demo') {
    return [
      'none: known types get curated answers, the others guesses by rules',
      '(for a model set ANTHROPIC_API_KEY, OPENAI_API_KEY or OPENAI_BASE_URL)',
    ]
  }
  const place = endpoint === undefined ? '' : ` at ${endpoint}`
  const first = `${provider}${place}, ${model === null ? 'no model yet' : `model ${model}`}`
  return [first, ...(problem ? [`${problem.detail}.`, problem.hint] : [])].map((line) =>
    toPlainText(line),
  )
}
