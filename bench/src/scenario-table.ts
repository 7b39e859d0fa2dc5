import type { Scenario } from './scenario.ts'
import { etaError } from './scenarios/eta-error.ts'
import { fairness } from './scenarios/fairness.ts'
import { limitsBind } from './scenarios/limits-bind.ts'
import { memory } from './scenarios/memory.ts'
import { overhead10000 } from './scenarios/overhead-10000.ts'
import { rescan1500 } from './scenarios/rescan-1500.ts'
import { searchRelevance } from './scenarios/search-relevance.ts'
import { sequential66 } from './scenarios/sequential-66.ts'

/** Every scenario there is. A new one is a file in `scenarios/` and its line here. */
export const SCENARIOS: readonly Scenario[] = [
  sequential66,
  limitsBind,
  overhead10000,
  memory,
  fairness,
  etaError,
  rescan1500,
  searchRelevance,
]
