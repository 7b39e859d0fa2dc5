import type { Scenario } from './scenario.ts'
import { audit } from './scenarios/audit.ts'
import { dashboard } from './scenarios/processes/dashboard.ts'
import { etaError } from './scenarios/eta-error.ts'
import { eventLoop } from './scenarios/processes/event-loop.ts'
import { eventReaders } from './scenarios/processes/event-readers.ts'
import { fairness } from './scenarios/fairness.ts'
import { isolation } from './scenarios/processes/isolation.ts'
import { memory } from './scenarios/processes/memory.ts'
import { overhead10000 } from './scenarios/processes/overhead-10000.ts'
import { rescan1500 } from './scenarios/sequential/rescan-1500.ts'
import { blackoutRecovery } from './scenarios/blackout-recovery.ts'
import { coldStart66 } from './scenarios/sequential/cold-start-66.ts'
import { combined300 } from './scenarios/combined-300.ts'
import { concurrencyBind } from './scenarios/limits/concurrency-bind.ts'
import { hiddenCapacity } from './scenarios/limits/hidden-capacity.ts'
import { limitsBind } from './scenarios/limits/limits-bind.ts'
import { packing } from './scenarios/limits/packing.ts'
import { peers } from './scenarios/limits/peers.ts'
import { ramp } from './scenarios/limits/ramp.ts'
import { randomFaults } from './scenarios/random-faults.ts'
import { routes } from './scenarios/processes/routes.ts'
import { fitMatchScore } from './scenarios/search/fit-match-score.ts'
import { searchLatency } from './scenarios/search/search-latency.ts'
import { searchRelevance } from './scenarios/search/search-relevance.ts'
import { sse } from './scenarios/processes/sse.ts'
import { sequential66 } from './scenarios/sequential/sequential-66.ts'
import { sim1000 } from './scenarios/sim-1000.ts'
import { smallLimits66 } from './scenarios/limits/small-limits-66.ts'
import { tokensBind1000 } from './scenarios/limits/tokens-bind-1000.ts'
import { twoAccounts } from './scenarios/limits/two-accounts.ts'

/** All scenarios. A new one is a file in `scenarios/` and its line here. */
export const SCENARIOS: readonly Scenario[] = [
  sequential66,
  limitsBind,
  overhead10000,
  memory,
  fairness,
  isolation,
  routes,
  audit,
  eventLoop,
  etaError,
  rescan1500,
  tokensBind1000,
  smallLimits66,
  combined300,
  concurrencyBind,
  coldStart66,
  hiddenCapacity,
  blackoutRecovery,
  ramp,
  randomFaults,
  twoAccounts,
  packing,
  peers,
  sim1000,
  searchRelevance,
  fitMatchScore,
  searchLatency,
  eventReaders,
  dashboard,
  sse,
]
