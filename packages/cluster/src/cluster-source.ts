import type { Definition } from '@capstan/shared/contract/definition'
import type { ProxyServer } from '@capstan/shared/http/proxy-server'
import type { ResourceType } from '@capstan/shared/contract/resource-type'
import type { ExampleResult } from './example/example-result.ts'
import type { CrdChange } from './watch/crd-change.ts'
import type { RegisteredGroup } from './discovery/registered-group.ts'

export interface Discovery {
  /** Every scannable type, one entry a group and kind, at the version to describe. Ordered by resource name. */
  types: ResourceType[]
  /** Types without objects of their own (reviews, bindings), and duplicates. */
  unscannable: { resource: string; reason: string }[]
  /** Groups that did not answer or have stale discovery. Their types are unknown, not removed. */
  unavailable: { group: string; reason: string }[]
}

/** The definition of a type, or the reason why there is none. */
export type DescribeResult =
  | { outcome: 'described'; definition: Definition }
  | { outcome: 'undescribable'; type: ResourceType; reason: string }

/**
 * Caches definitions by the immutable source they were reduced from, so that an unchanged CRD or OpenAPI document is not
 * read again. Source keys are opaque, for example `crd:<uid>:<generation>` or `openapi:<path>:<hash>:<kind>`.
 */
export interface SourceCache {
  lookup(sourceKeys: string[]): Promise<(Definition | undefined)[]>
  remember(entries: { sourceKey: string; definition: Definition }[]): Promise<void>
}

export interface DiscoverOptions {
  /** Accepts a result of this process up to this age. Default 0: a new discovery, which is cheap if nothing changed. */
  maxAgeMs?: number
}

/** The destination of requests to a cluster. */
export interface ServerAddress {
  server: string
  proxy: ProxyServer | undefined
}

/** Reads the types of a cluster and their definitions, nothing else. */
export interface ClusterSource {
  /** Identity of the cluster in the catalog: the context name, `in-cluster`, or `files`. */
  readonly name: string
  /** For people: `kubeconfig ~/.kube/config, context prod`. Contains no secret. */
  readonly origin: string
  /** Throws AppError CLUSTER_UNREACHABLE, CLUSTER_FORBIDDEN or CLUSTER_MISCONFIGURED with a hint. */
  discover(signal: AbortSignal, options?: DiscoverOptions): Promise<Discovery>
  /** Yields one result for each type as soon as it is known, in any order. Never throws for a single type. */
  describe(
    types: ResourceType[],
    known: SourceCache,
    signal: AbortSignal,
  ): AsyncIterable<DescribeResult>
  /** Renders a minimal manifest of a type from its schema, which is read again. */
  example(type: ResourceType, signal: AbortSignal): Promise<ExampleResult>
  /**
   * Names of all types with a CRD, including those that discovery does not list (yet). Undefined if RBAC forbids to
   * list CRDs. Files do not implement it.
   */
  definedTypes?(signal: AbortSignal): Promise<ReadonlySet<string> | undefined>
  /**
   * Groups of aggregated API servers, including those that discovery omits while they are down. Undefined if the account
   * may not list API services. Files do not implement it.
   */
  registeredGroups?(signal: AbortSignal): Promise<RegisteredGroup[] | undefined>
  /** The server and its proxy, if any. Sends no request. Files do not implement it. */
  address?(): Promise<ServerAddress>
  /** Loads what reading needs, before the first request. Sends no request. */
  warmUp?(): void
  /** Watches CRDs until the signal aborts. Files do not implement it. */
  watch?(signal: AbortSignal): AsyncIterable<CrdChange>
  /** Warnings of the last describe for people, such as `no access to CRDs, read OpenAPI instead`. */
  warnings(): string[]
  close(): Promise<void>
}
