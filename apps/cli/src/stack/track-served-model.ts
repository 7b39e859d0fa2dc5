import { toPlainText } from '@capstan/shared/text/to-plain-text'
import type { CuratedPolicy } from '@capstan/shared/contract/choice-names'
import type { ServedProvider } from '@capstan/shared/contract/worker-status'

/** The model that answers scans without an explicit model, as reported by the workers. */
export interface ServedModel {
  /** Records what a worker serves. */
  note(providers: ServedProvider[]): void
  /** Returns lines for the banner. Later changes are logged. */
  show(): string[]
}

/**
 * All workers have the same settings, so equal reports of several workers are logged once.
 * @param curated Whether scans use curated answers, as the API decides.
 */
export function trackServedModel(log: (line: string) => void, curated: CuratedPolicy): ServedModel {
  let shown: string | undefined
  let latest: string[] = []
  return {
    note: ([usual]) => {
      if (!usual) return
      latest = describeAnswers(usual, curated)
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

/** States the sources of answers: the model, and in which cases curated or rule-based answers. */
export function describeAnswers(
  { provider, model, endpoint, problem }: ServedProvider,
  curated: CuratedPolicy,
): string[] {
  if (provider === 'demo') {
    return [
      `none: ${WITHOUT_MODEL[curated]}`,
      '(for a model set ANTHROPIC_API_KEY, OPENAI_API_KEY or OPENAI_BASE_URL)',
    ]
  }
  const place = endpoint === undefined ? '' : ` at ${endpoint}`
  const first = `${provider}${place}, ${model === null ? 'no model yet' : `model ${model}`}`
  const also =
    curated === 'prefer' ? ['known types get curated answers (CAPSTAN_CURATED=prefer)'] : []
  return [first, ...also, ...(problem ? [`${problem.detail}.`, problem.hint] : [])].map((line) =>
    toPlainText(line),
  )
}

const KNOWN_AND_OTHERS =
  'known types get curated answers, all others rule-based answers, which are guesses'

const WITHOUT_MODEL: Record<CuratedPolicy, string> = {
  auto: KNOWN_AND_OTHERS,
  prefer: KNOWN_AND_OTHERS,
  off: 'all types get rule-based answers, which are guesses (CAPSTAN_CURATED=off)',
}
