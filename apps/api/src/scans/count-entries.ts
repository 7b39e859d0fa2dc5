import type { Plan, PlanEntry } from '@capstan/scan-store/journal/types'

/** Number of types of a plan with this action. */
export function countEntries(
  { entries }: Pick<Plan, 'entries'>,
  wanted: PlanEntry['action'],
): number {
  return entries.filter(({ action }) => action === wanted).length
}
