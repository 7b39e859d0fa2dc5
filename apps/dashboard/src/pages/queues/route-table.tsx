import type { RouteView } from '@capstan/shared/contract/queue/route-view'
import { formatDuration } from '@capstan/shared/text/units'
import { isAllowed } from '../../data/is-allowed.ts'
import { formatNumber } from '../../format/number.ts'
import { Countdown } from '../../parts/countdown.tsx'
import { toBoardQueue } from './board-url.ts'

/** Each live route with its backlog, and what bounds its starts. */
export function RouteTable({ routes }: { routes: RouteView[] }) {
  return (
    <section class="card" aria-label="Routes">
      <div class="card-head">
        <h2>Routes</h2>
        <span class="muted">one queue for each provider and model</span>
      </div>
      {routes.length === 0 ? (
        <p class="empty small">
          No scan has used a route lately. A scan opens the route of its model.
        </p>
      ) : (
        <div class="table-wrap roomy" tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th scope="col">Route</th>
                <th scope="col" class="number">
                  Backlog
                </th>
                <th scope="col" class="number">
                  Running
                </th>
                <th scope="col" class="number">
                  Delayed
                </th>
                <th scope="col">Rate limit</th>
                <th scope="col">Workers</th>
                <th scope="col">Queue</th>
              </tr>
            </thead>
            <tbody>
              {routes.map((route) => (
                <RouteRow key={route.queue} route={route} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  )
}

function RouteRow({ route }: { route: RouteView }) {
  const { provider, model, counts, backlog, pause, workers, desiredWorkers, queue } = route
  return (
    <tr>
      <td>
        {provider} <code>{model}</code>
        {pause && (
          <div class="warn-text">
            Paused for <Countdown until={pause.until} />
            {pause.account !== null && `, account ${pause.account}`}: {pause.because}
          </div>
        )}
      </td>
      <td class="number">{formatNumber(backlog)}</td>
      <td class="number">{formatNumber(counts.active)}</td>
      <td class="number">{formatNumber(counts.delayed)}</td>
      <td class="muted">{describeRateLimit(route)}</td>
      <td class={workers === 0 && backlog > 0 ? 'bad-text' : undefined}>
        {workers} present, {desiredWorkers} wanted
      </td>
      <td>
        {isAllowed('operator') ? (
          <a href={toBoardQueue(queue)}>open in Bull Board</a>
        ) : (
          <code>{queue}</code>
        )}
      </td>
    </tr>
  )
}

function describeRateLimit({ rateLimit }: RouteView): string {
  if (rateLimit === null) return 'not known yet'
  const { max, windowMs, boundForMs } = rateLimit
  const limit = `${formatNumber(max)} starts in ${formatDuration(windowMs)}`
  return boundForMs === 0 ? limit : `${limit}, reached: next in ${formatDuration(boundForMs)}`
}
