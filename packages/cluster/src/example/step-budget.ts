/** Steps that are left for one example. Schemas are untrusted, and options within options multiply. */
export interface StepBudget {
  steps: number
}
