import type { ResourceType } from '@capstan/shared/contract/resource-type'
import type { ExampleResult } from '../example/example-result.ts'
import type { RawDiscovery } from '../discovery/versioned-resource.ts'
import type { ReduceResult } from './reduce-crds.ts'
import type { OpenApiType } from './reduce-openapi.ts'
import type { RegisteredGroup } from '../discovery/registered-group.ts'
import type { CrdEntry } from '../watch/crd-change.ts'

/** Input and output of the tasks of the thread. Bodies are transferred without a copy; outputs are small. */
export interface ReducerTasks {
  /** Reads an aggregated discovery answer. */
  discovery: { input: { body: Uint8Array }; output: RawDiscovery }
  /** Reads a metadata-only list of CRDs. */
  'crd-names': { input: { body: Uint8Array }; output: CrdEntry[] }
  /** Reads a list of API services. */
  'api-services': { input: { body: Uint8Array }; output: RegisteredGroup[] }
  /** Reduces a page of a CRD list, or one CRD, for the types of a run. */
  crds: {
    input: { run: number; body: Uint8Array; budgetTokens: number }
    output: { reduced: ReduceResult[]; next: string | undefined }
  }
  /** Reduces one OpenAPI v3 document. Without a hash, its definitions have no source key. */
  openapi: {
    input: {
      body: Uint8Array
      path: string
      hash: string | undefined
      wanted: OpenApiType[]
      budgetTokens: number
    }
    output: ReduceResult[]
  }
  /** Renders the example of a type from its CRD. */
  'crd-example': { input: { body: Uint8Array; type: ResourceType }; output: ExampleResult }
  /** Renders the example of a type from the OpenAPI v3 document of its group version. */
  'openapi-example': { input: { body: Uint8Array; type: ResourceType }; output: ExampleResult }
  /** Renders the example of a type from the file that defines it. */
  'file-example': { input: { path: string; type: ResourceType }; output: ExampleResult }
  /** Reads and reduces a file of CRD manifests, or an OpenAPI v3 document. */
  file: { input: { path: string; name: string; budgetTokens: number }; output: FileContent }
}

/** The types that a file defines, with their definitions. */
export interface FileContent {
  resources: RawDiscovery['resources']
  /** Names of the types with a CRD, which defines all versions. An OpenAPI document defines one version. */
  crds: string[]
  reduced: ReduceResult[]
  /** Skipped definitions and unreadable parts, as `NAME: reason`. */
  warnings: string[]
}

export type TaskName = keyof ReducerTasks
