import type { RawDiscovery } from '../discovery/discovered-resource.ts'
import type { ReduceResult } from './reduce-crds.ts'
import type { OpenApiType } from './reduce-openapi.ts'
import type { RegisteredGroup } from '../discovery/registered-group.ts'

/** Name, identity and generation of a CRD: all that is needed to know whether it changed. */
export interface CrdEntry {
  name: string
  uid: string
  generation: number
}

/** What the thread does: raw bodies go over without a copy, small results come back. */
export interface ReducerTasks {
  /** Reads an aggregated discovery answer. */
  discovery: { ask: { body: Uint8Array }; reply: RawDiscovery }
  /** Reads a metadata-only list of CRDs. */
  'crd-names': { ask: { body: Uint8Array }; reply: CrdEntry[] }
  /** Reads a list of API services. */
  'api-services': { ask: { body: Uint8Array }; reply: RegisteredGroup[] }
  /** Reduces a page of a CRD list, or one CRD, for the types that `want` told of this run. */
  crds: {
    ask: { run: number; body: Uint8Array; budgetTokens: number }
    reply: { reduced: ReduceResult[]; next: string | undefined }
  }
  /** Reduces one OpenAPI v3 document. Without a hash its definitions have no source key. */
  openapi: {
    ask: {
      body: Uint8Array
      path: string
      hash: string | undefined
      wanted: OpenApiType[]
      budgetTokens: number
    }
    reply: ReduceResult[]
  }
  /** Reads a file of CRD manifests or an OpenAPI v3 document, and reduces all that is in it. */
  file: { ask: { path: string; name: string; budgetTokens: number }; reply: FileContent }
}

/** Types that a file defines, each with what came of it. */
export interface FileContent {
  resources: RawDiscovery['resources']
  /** Names of those that CRDs define, in all their versions; an OpenAPI document defines one version each. */
  crds: string[]
  reduced: ReduceResult[]
  /** Definitions that are left out, and parts that cannot be read, as `NAME: reason`. */
  warnings: string[]
}

export type TaskName = keyof ReducerTasks
