import { z } from 'zod'
import { Budget } from './budget.ts'
import { CONFLICT_POLICIES, SCAN_MODES, SCAN_PRIORITIES } from '../choice-names.ts'
import { ModelName } from '../model-name.ts'
import { Provider } from '../provider.ts'
import { Execution, ScanConcurrency, ScanOrder } from './scan-options.ts'
import { isVisibleText, VISIBLE_ONLY } from '../visible-text.ts'

const Name = z.string().trim().min(1).max(253).refine(isVisibleText, VISIBLE_ONLY)

export const ScanRequest = z.strictObject({
  /** A context of the kubeconfig. Absent or `default`: the configured cluster, unless a context is named `default`. */
  cluster: Name.optional(),
  include: z.array(Name).min(1).max(500).default(['*']),
  exclude: z.array(Name).max(500).default([]),
  /** Rejects the request when a pattern of `include` matches no type. Otherwise the scan only warns. */
  strict: z.boolean().default(false),
  mode: z.enum(SCAN_MODES).default('incremental'),
  provider: Provider.optional(),
  model: ModelName.optional(),
  /** Uses curated answers for the types that have one. Default: the setting CAPSTAN_CURATED of the API. */
  curated: z.boolean().optional(),
  priority: z.enum(SCAN_PRIORITIES).default('normal'),
  order: ScanOrder.default('name'),
  onConflict: z.enum(CONFLICT_POLICIES).default('join'),
  execution: Execution.default('calls'),
  budget: Budget.default({}),
  concurrency: ScanConcurrency.optional(),
  dryRun: z.boolean().default(false),
  labels: z
    .record(
      z
        .string()
        .regex(
          /^[A-Za-z0-9][A-Za-z0-9._/-]{0,62}$/,
          'must begin with a letter or digit and have at most 63 letters, digits, `.`, `_`, `/` and `-`',
        ),
      z.string().max(128).refine(isVisibleText, VISIBLE_ONLY),
    )
    .default({})
    .refine((labels) => Object.keys(labels).length <= 20, 'must have at most 20 labels'),
})
export type ScanRequest = z.infer<typeof ScanRequest>
