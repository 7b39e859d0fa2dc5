import type { Scenario } from './scenario.ts'
import { limitsBind } from './scenarios/limits-bind.ts'
import { sequential66 } from './scenarios/sequential-66.ts'

/** Every scenario there is. A new one is a file in `scenarios/` and its line here. */
export const SCENARIOS: readonly Scenario[] = [sequential66, limitsBind]
