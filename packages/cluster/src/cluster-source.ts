import type { Definition } from '@capstan/shared/contract/definition'
import type { ProxyServer } from '@capstan/shared/http/proxy-server'
import type { ResourceType } from '@capstan/shared/contract/resource-type'
import type { CrdChange } from './watch/crd-change.ts'
import type { RegisteredGroup } from './discovery/registered-group.ts'

export interface Discovery {
  /** Every scannable type, one entry a group and kind, at the version to describe. Ordered by resource name. */
  types: ResourceType[]
  /** Types the server has that can hold no objects of their own (reviews, bindings) or are duplicates. */
  unscannable: { resource: string; reason: string }[]
  /** Groups that did not answer or answered stale; their types are unknown, not gone. */
  unavailable: { group: string; reason: string }[]
}

/** A definition, or why there is none. */
export type DescribeResult =
  | { outcome: 'described'; definition: Definition }
  | { outcome: 'undescribable'; type: ResourceType; reason: string }

/**
 * Remembers what an immutable source reduced to, so that an unchanged CRD or OpenAPI document is not read
 * again. Source keys are opaque, e.g. `crd:<uid>:<generation>` or `openapi:<path>:<hash>:<kind>`.
 */
export interface DefinitionCache {
  lookup(sourceKeys: string[]): Promise<(Definition | undefined)[]>
  remember(entries: { sourceKey: string; definition: Definition }[]): Promise<void>
}

export interface DiscoverOptions {
  /** An answer of this process that is at most this old will do. Default 0: ask, which costs little if unchanged. */
  maxAgeMs?: number
}

/** Where requests to a cluster go. */
export interface ServerAddress {
  server: string
  proxy: ProxyServer | undefined
}

/** What is read of a cluster: types and their definitions, nothing else. */
export interface ClusterSource {
  /** Identity of the cluster in the catalog: the context name, `in-cluster`, or `files`. */
  readonly name: string
  /** For people: `kubeconfig ~/.kube/config, context prod`. Holds no secret. */
  readonly origin: string
  /** Throws AppError CLUSTER_UNREACHABLE, CLUSTER_FORBIDDEN or CLUSTER_MISCONFIGURED with a hint. */
  discover(signal: AbortSignal, options?: DiscoverOptions): Promise<Discovery>
  /** Yields each asked type once, as soon as it is known, in any order. Never throws for a single type. */
  describe(
    types: ResourceType[],
    known: DefinitionCache,
    signal: AbortSignal,
  ): AsyncIterable<DescribeResult>
  /**
   * Names of all custom types that are defined, also those that discovery does not name (yet). Undefined when the
   * account may not know; sources without definitions beside their discovery lack it.
   */
  definedTypes?(signal: AbortSignal): Promise<ReadonlySet<string> | undefined>
  /**
   * Groups that other servers serve, also those that discovery does not name while they are down. Undefined when the
   * account may not know; sources where all types come from one place lack it.
   */
  registeredGroups?(signal: AbortSignal): Promise<RegisteredGroup[] | undefined>
  /** Its server, and the proxy it is reached through, if any. Asks the cluster nothing; files have none. */
  address?(): Promise<ServerAddress>
  /** Starts what reading takes before somebody waits for it. Asks the cluster nothing. */
  warmUp?(): void
  /** Follows custom types until the signal fires. Only of sources that can tell of changes: files cannot. */
  watch?(signal: AbortSignal): AsyncIterable<CrdChange>
  /** Things a user should know after describe, such as `no access to CRDs, read OpenAPI instead`. */
  warnings(): string[]
  close(): Promise<void>
}
