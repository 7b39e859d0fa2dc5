import { toPlainText } from '@capstan/shared/text/to-plain-text'
import type { ServedProvider } from '@capstan/shared/contract/worker-status'

/** Which model answers scans that name none, as the workers say. */
export interface ModelLine {
  /** Hears what a worker serves. */
  note(providers: ServedProvider[]): void
  /** For the banner; what changes from now on is a line of its own. */
  show(): string[]
}

/** All workers have the same settings, so the same news of several is one line. */
export function openModelLine(tell: (line: string) => void): ModelLine {
  let shown: string | undefined
  let latest: string[] = []
  return {
    note: ([usual]) => {
      if (!usual) return
      latest = describeModel(usual)
      const line = latest.join(' ')
      if (shown === undefined || line === shown) return
      shown = line
      tell(line)
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
      'none: demo rules answer (for a model set ANTHROPIC_API_KEY, OPENAI_API_KEY or OPENAI_BASE_URL)',
    ]
  }
  const place = endpoint === undefined ? '' : ` at ${endpoint}`
  const first = `${provider}${place}, ${model === null ? 'no model yet' : `model ${model}`}`
  return [first, ...(problem ? [`${problem.detail}.`, problem.hint] : [])].map((line) =>
    toPlainText(line),
  )
}
