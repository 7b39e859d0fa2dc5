import { PROVIDERS } from '@capstan/shared/contract/provider-names'
import { omitUndefined } from '@capstan/shared/json/omit-undefined'
import type { ScanInput } from '../../data/api.ts'

/** A new scan as a person fills it in. Empty texts mean the default of the server. */
export interface ScanDraft {
  /** Patterns, separated by spaces, commas or lines. */
  include: string
  exclude: string
  cluster: string
  mode: 'incremental' | 'full'
  provider: string
  model: string
  curated: 'default' | 'yes' | 'no'
  execution: 'calls' | 'batch'
  priority: 'high' | 'normal' | 'low'
  onConflict: 'join' | 'reject' | 'parallel'
  maxCostUsd: string
  maxFailures: string
  concurrency: string
}

export function createDraft(include: string, cluster = ''): ScanDraft {
  return {
    include,
    exclude: '',
    cluster,
    mode: 'incremental',
    provider: '',
    model: '',
    curated: 'default',
    execution: 'calls',
    priority: 'normal',
    onConflict: 'join',
    maxCostUsd: '',
    maxFailures: '',
    concurrency: '',
  }
}

/** Returns the body of the request. Defaults are left out, so that a copied command is short. */
export function toScanInput(draft: ScanDraft): ScanInput {
  const budget = omitUndefined({
    maxCostUsd: readNumber(draft.maxCostUsd),
    maxFailures: readNumber(draft.maxFailures),
  })
  return omitUndefined({
    include: unless([], splitPatterns(draft.include)),
    exclude: unless([], splitPatterns(draft.exclude)),
    cluster: unless('', draft.cluster.trim()),
    mode: unless('incremental', draft.mode),
    provider: PROVIDERS.find((name) => name === draft.provider),
    model: unless('', draft.model.trim()),
    curated: draft.curated === 'default' ? undefined : draft.curated === 'yes',
    execution: unless('calls', draft.execution),
    priority: unless('normal', draft.priority),
    onConflict: unless('join', draft.onConflict),
    concurrency: readNumber(draft.concurrency),
    budget: unless({}, budget),
  })
}

/** Undefined for the default. */
function unless<T>(byDefault: T, value: T): T | undefined {
  return JSON.stringify(value) === JSON.stringify(byDefault) ? undefined : value
}

function splitPatterns(text: string): string[] {
  return [...new Set(text.split(/[\s,]+/).filter((word) => word !== ''))]
}

/** Undefined for a text that is no number; the field shows why. */
function readNumber(text: string): number | undefined {
  const number = Number(text)
  return text.trim() === '' || !Number.isFinite(number) ? undefined : number
}
