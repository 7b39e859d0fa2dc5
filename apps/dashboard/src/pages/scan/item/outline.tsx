import { useMemo } from 'preact/hooks'
import type { CapabilityView } from '@capstan/shared/contract/capability'
import { formatCount } from '@capstan/shared/text/units'
import { api } from '../../../data/api.ts'
import { useRequest } from '../../../data/use-request.ts'
import { FaultNotice } from '../../../parts/fault-notice.tsx'
import { collectWords, markWords } from './mark-words.ts'

interface OutlineProps {
  cluster: string
  resource: string
  /** Its words are highlighted. */
  answer: CapabilityView | undefined
}

/** The definition of a type as the prompt contains it. Words that the answer uses are highlighted. */
export function Outline({ cluster, resource, answer }: OutlineProps) {
  const read = useRequest(`${cluster} ${resource}`, (signal) =>
    api.readType(cluster, resource, signal),
  )
  const outline = read.data?.definition?.outline ?? ''
  const parts = useMemo(() => {
    const {
      capabilities = [],
      abstractions = [],
      providers = [],
      searchPhrases = [],
    } = answer ?? {}
    const words = collectWords([...capabilities, ...abstractions, ...providers, ...searchPhrases])
    return markWords(outline, words)
  }, [outline, answer])
  if (read.error !== undefined) return <FaultNotice error={read.error} onRetry={read.reload} />
  if (read.data === undefined) return <span class="skeleton" />
  const { definition, reason } = read.data
  if (definition === null) return <p class="muted">{reason}</p>
  return (
    <>
      <p class="muted">
        {formatCount(definition.outlineTokens)} tokens
        {definition.truncated && ', cut to the token budget'}
        {!definition.schemaPublished && ', the cluster publishes no schema: names only'}
      </p>
      <pre class="outline" tabIndex={0}>
        {parts.map(({ text, isMarked }, index) =>
          isMarked ? <mark key={index}>{text}</mark> : text,
        )}
      </pre>
    </>
  )
}
