import type { ScanDiff } from '@capstan/shared/contract/scan/scan-diff'
import { formatNumber } from '../../format/number.ts'
import { useRequest } from '../../data/use-request.ts'
import { FaultNotice } from '../../parts/fault-notice.tsx'
import { Link } from '../../router/link.tsx'
import { compareAnswers, type AnswerPart, type ComparedAnswer } from './compare-answers.ts'
import { readAnswers } from './read-answers.ts'

/** Answers that differ, side by side. */
export function AnswerChanges({ diff }: { diff: ScanDiff }) {
  const { scan, against, answersChanged } = diff
  const read = useRequest(`${scan} ${against} ${answersChanged.length}`, async (signal) => {
    const names = new Set(answersChanged)
    if (names.size === 0) return { before: new Map(), after: new Map() }
    const [before, after] = await Promise.all([
      readAnswers(against, names, signal),
      readAnswers(scan, names, signal),
    ])
    return { before, after }
  })
  if (answersChanged.length === 0) return null
  return (
    <section class="card">
      <div class="card-head">
        <h2>Answer changed</h2>
        <strong class="busy">{formatNumber(answersChanged.length)}</strong>
      </div>
      {read.error !== undefined && <FaultNotice error={read.error} onRetry={read.reload} />}
      <div class="table-wrap">
        <table class="compared">
          <caption class="only-read">Answers before and after</caption>
          <thead>
            <tr>
              <th scope="col">Type</th>
              <th scope="col">Before</th>
              <th scope="col">After</th>
              <th scope="col" class="number">
                Confidence
              </th>
            </tr>
          </thead>
          <tbody>
            {answersChanged.map((name) => (
              <ChangedRow
                key={name}
                name={name}
                scanId={scan}
                answer={compareAnswers(read.data?.before.get(name), read.data?.after.get(name))}
              />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}

interface ChangedRowProps {
  name: string
  scanId: string
  answer: ComparedAnswer
}

function ChangedRow({ name, scanId, answer: { before, after, confidence } }: ChangedRowProps) {
  return (
    <tr>
      <td>
        <Link to={`scans/${scanId}?item=${encodeURIComponent(name)}`}>{name}</Link>
      </td>
      <td>
        <Parts parts={before} />
      </td>
      <td>
        <Parts parts={after} />
      </td>
      <td class="number">
        {confidence.before?.toFixed(2) ?? '–'} → {confidence.after?.toFixed(2) ?? '–'}
      </td>
    </tr>
  )
}

function Parts({ parts }: { parts: AnswerPart[] }) {
  if (parts.length === 0) return <span class="muted">not recorded in this scan</span>
  return (
    <ul class="tags">
      {parts.map(({ text, change }) => (
        <li key={text} class={`badge ${change}`}>
          {change === 'added' ? <ins>{text}</ins> : change === 'removed' ? <del>{text}</del> : text}
        </li>
      ))}
    </ul>
  )
}
