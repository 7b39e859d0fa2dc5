import { useEffect } from 'preact/hooks'
import { loadReadiness } from '../data/readiness.ts'
import { loadServerState } from '../data/load-server-state.ts'
import { providerList, queueStatus } from '../data/server-state.ts'
import { usePolling } from '../data/use-polling.ts'
import { formatMoney } from '../format/money.ts'
import { formatNumber } from '../format/number.ts'
import { Link } from '../router/link.tsx'
import { HealthDot } from './health-dot.tsx'
import { findPauses } from './find-pauses.ts'

/** Checks change rarely, and no event reports them. */
const CHECK_MS = 30_000

/** State of the server on every page: health, throttling, workers, backlog and spend. */
export function ServerFacts() {
  const load = (): void => {
    // A page that cannot be read shows the reason itself; the header keeps the last state.
    loadServerState().catch(() => undefined)
    void loadReadiness()
  }
  usePolling(load)
  useEffect(() => {
    load()
    const timer = setInterval(() => void loadReadiness(), CHECK_MS)
    return () => clearInterval(timer)
  }, [])
  return (
    <>
      <HealthDot />
      <ThrottleBadge />
      <Queues />
      <Spend />
    </>
  )
}

/** Only while something does not start calls. */
function ThrottleBadge() {
  if (queueStatus.value?.paused)
    return (
      <Link to="queues" class="badge calm">
        queues paused
      </Link>
    )
  const pauses = findPauses(providerList.value)
  const [first] = pauses
  if (first === undefined) return null
  return (
    <span title={pauses.map(({ text }) => text).join('\n')}>
      <Link to="providers" class="badge warn-text">
        {first.isBreaker ? 'breaker open' : 'throttled'}
        {pauses.length > 1 && ` (${pauses.length})`}
      </Link>
    </span>
  )
}

function Queues() {
  const queue = queueStatus.value
  if (queue === undefined) return null
  const { workers, backlog } = queue
  return (
    <>
      <Link to="queues" class={workers === 0 ? 'bad-text' : 'wide-only'}>
        {workers === 0 ? 'no worker' : `${workers} worker${workers === 1 ? '' : 's'}`}
      </Link>
      <Link to="queues" class="wide-only">
        backlog {formatNumber(backlog)}
      </Link>
    </>
  )
}

function Spend() {
  const budget = providerList.value?.dailyBudget
  if (budget === undefined || budget.calls === 0) return null
  const isPartial = budget.costUsd === null && budget.knownCostUsd > 0
  const cost = isPartial
    ? `at least ${formatMoney(budget.knownCostUsd)}`
    : formatMoney(budget.costUsd)
  return (
    <Link to="providers" class="wide-only">
      {cost} today
    </Link>
  )
}
