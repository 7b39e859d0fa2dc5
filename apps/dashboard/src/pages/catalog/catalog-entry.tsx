import type { CapabilityView } from '@capstan/shared/contract/capability'
import type { SearchHit } from '@capstan/shared/contract/catalog/search-hit'
import { SourceBadge } from '../../parts/source-badge.tsx'
import { Link } from '../../router/link.tsx'
import { toChangedPage } from '../../router/location.ts'
import { MatchedText } from './matched-text.tsx'

interface CatalogEntryProps {
  row: CapabilityView
  /** Its words are marked. */
  query: string
  hit?: SearchHit
  /** The list has rows of several clusters. */
  hasCluster: boolean
}

/** One type of the catalog: its name, what it is for, and how much the answer can be trusted. */
export function CatalogEntry({ row, query, hit, hasCluster }: CatalogEntryProps) {
  return (
    <li class="entry">
      <div class="entry-head">
        <Link to={toChangedPage({ type: row.resource, of: row.cluster })} class="entry-name">
          <MatchedText text={row.kind} query={query} />
        </Link>
        <code>
          <MatchedText text={row.resource} query={query} />
        </code>
        {hasCluster && <span class="muted">{row.cluster}</span>}
        <span class="entry-facts">
          {hit && <Score hit={hit} />}
          <Badges row={row} />
        </span>
      </div>
      <p>
        <MatchedText text={row.description} query={query} />
      </p>
      <ul class="tags">
        {row.capabilities.slice(0, 5).map((name) => (
          <li key={name} class="badge">
            <MatchedText text={name} query={query} />
          </li>
        ))}
      </ul>
    </li>
  )
}

function Score({ hit: { score, matched } }: { hit: SearchHit }) {
  const where = matched.length === 0 ? 'matches by meaning' : `matches in ${matched.join(', ')}`
  return (
    <span class="score" title={where}>
      <span class="score-bar" aria-hidden="true">
        <span style={{ width: `${Math.round(score * 100)}%` }} />
      </span>
      {score.toFixed(2)}
    </span>
  )
}

function Badges({ row }: { row: CapabilityView }) {
  return (
    <>
      {row.stale && (
        <span class="badge warn-text" title="The definition has changed, or the type is gone">
          stale
        </span>
      )}
      {row.lowConfidence && (
        <span class="badge warn-text">confidence {row.confidence.toFixed(2)}</span>
      )}
      {row.suspicions.length > 0 && <span class="badge bad-text">suspicious</span>}
      <SourceBadge source={row.source} />
    </>
  )
}
