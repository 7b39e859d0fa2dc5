// Written by packages/client/build/generate.ts (`npx -y pnpm@12.21.0 fix`); change the routes or the schemas of events.
export interface paths {
    "/api/v1/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List changes and who made them, newest first
         * @description At least the newest 10,000 changes and 1,000 failed logins. An entry is written after the change has succeeded.
         */
        get: operations["listAuditEntries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/capabilities": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List capabilities by cluster and type */
        get: operations["listCapabilities"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/capabilities/{resource}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read the capability of one type */
        get: operations["getCapability"];
        put?: never;
        post?: never;
        /** Remove the capability of one type until the next scan */
        delete: operations["deleteCapability"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/capabilities/{resource}/override": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Override inferred fields of one type */
        put: operations["setCapabilityOverride"];
        post?: never;
        /** Remove the override of one type */
        delete: operations["deleteCapabilityOverride"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/capabilities/compare": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Compare the answers of two clusters
         * @description Types that only one of them has, and types with different answers, by name. Equal answers are counted only.
         */
        get: operations["compareCapabilities"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/capabilities/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Export capabilities as NDJSON, JSON, CSV, YAML or Markdown */
        get: operations["exportCapabilities"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/capabilities/facets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Count capabilities by cluster, group, provider, complexity, scope and source */
        get: operations["countCapabilityFacets"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/capabilities/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Import the rows of an export without replacing newer rows
         * @description NDJSON with any number of rows, at most 67108864 bytes (CAPSTAN_IMPORT_BYTES) within 30 s, or a JSON list of at most 256 KiB. NDJSON is stored as it arrives, in parts of 256 KiB. A part with an invalid row and all later parts are not stored. The problem reports the number of stored rows. Importing rows again is safe.
         */
        post: operations["importCapabilities"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/capabilities/reindex": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read the state of the last reindex of this server */
        get: operations["getReindex"];
        put?: never;
        /** Rebuild the search index, or join a running rebuild */
        post: operations["startReindex"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/capabilities/removed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List known types that the cluster no longer has */
        get: operations["listRemovedCapabilities"];
        put?: never;
        post?: never;
        /** Delete capabilities of types that the cluster no longer has */
        delete: operations["deleteRemovedCapabilities"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/capabilities/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Search capabilities by intent */
        get: operations["searchCapabilities"];
        put?: never;
        /** Search capabilities by intent */
        post: operations["searchCapabilitiesWithBody"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Follow scans, queues and providers in one stream (text/event-stream)
         * @description The first event is `snapshot` with the state of the topics: `scans` (all unfinished and the 50 newest, newest first), `queue` and `workers`, `providers`, and `items` by scan id (`scan`, `active`, `recentFailures`). Topic `scans`: `scan.changed` with the whole scan, for each change of its status and otherwise at most twice a second, and `scan.forgotten`. Topics `queue` and `providers`: `queue.changed` and `providers.changed` with the whole state, at most once a second, and only when something other than a time changed. Topic `scan:<id>`: the events of GET /scans/{id}/events. The stream goes on after `scan.finished`, because a retry continues the scan. The id of an event is a position in all topics of the stream, valid on every replica. With a Last-Event-ID the stream continues there; if events after it are no longer known, `gap` and `snapshot` come first. docs/events.md describes each event.
         */
        get: operations["streamEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/network": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the servers that the API and the workers connect to, with their proxies */
        get: operations["listNetworkTargets"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/providers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the model providers */
        get: operations["listProviders"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/providers/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read one model provider */
        get: operations["getProvider"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/providers/{id}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * End pauses and open circuit breakers of a provider
         * @description Calls start at once. If the provider still rejects them, its account is paused again. Returns the ended pauses, an empty list if there were none.
         */
        post: operations["resumeProvider"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/providers/{id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Test key and model of a provider with one call
         * @description A worker analyzes a sample definition with the real prompt and dialect, under the limits and the circuit breaker of its account. The test costs as much as one type, about 1,500 tokens. It waits up to 20 s for admission and then as long as a call may take (CAPSTAN_CALL_TIMEOUT_MS), because a local model may have to be loaded first. `ok` is false for an invalid answer, with the reasons in `faults`. 502: PROVIDER_AUTH, PROVIDER_QUOTA, PROVIDER_MODEL_UNKNOWN or PROVIDER_UNAVAILABLE, with the message of the provider, `reason`, `kind` and a `hint`.
         */
        post: operations["testProvider"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/queue": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read the state of the queues of all routes */
        get: operations["getQueue"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/queue/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Pause the queues of all routes */
        post: operations["pauseQueues"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/queue/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Resume the queues of all routes */
        post: operations["resumeQueues"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/resources": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the types of a cluster with the freshness of their capabilities */
        get: operations["listResources"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/resources/{resource}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read one type: versions, verbs, hashes and the outline for the model */
        get: operations["getResource"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/resources/{resource}/example": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Render a minimal manifest of one type as YAML
         * @description From the schema alone, without a model: required fields with placeholders, descriptions as comments, and the names of optional fields. The manifest is valid against the schema; values that only the API server can check are named in a comment.
         */
        get: operations["getResourceExample"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/scans": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List scans, newest first
         * @description Filter by labels with `label.<name>=<value>`.
         */
        get: operations["listScans"];
        put?: never;
        /**
         * Start a scan, or preview it with dryRun
         * @description Includes and excludes without a match, and ambiguous names, are `warnings`. The request is rejected when no type is left, or with `strict` when an include matches no type. Joins a running scan of the cluster that covers the request, unless `onConflict` forbids it; `joined` of the response has the reason. Supports Idempotency-Key and `Prefer: wait=<seconds>` (up to 50), which waits for the whole scan, even if a joined scan has more types.
         */
        post: operations["startScan"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/scans/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a scan
         * @description With `Prefer: wait=<seconds>` (up to 50) the response is sent when the scan finishes, or with If-None-Match when it changes.
         */
        get: operations["getScan"];
        put?: never;
        post?: never;
        /** Delete a finished scan and keep its capabilities */
        delete: operations["deleteScan"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/scans/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Cancel a scan and abort its running calls */
        post: operations["cancelScan"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/scans/{id}/diff": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Compare a scan with an earlier scan of its cluster */
        get: operations["compareScans"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/scans/{id}/discard": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Discard failed types of a finished scan
         * @description The types count as skipped, and their failed jobs are removed. A scan without other failures becomes succeeded.
         */
        post: operations["discardFailures"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/scans/{id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Follow the events of a scan (text/event-stream), or read them as JSON */
        get: operations["streamScanEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/scans/{id}/excluded": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the excluded types of a scan with reasons */
        get: operations["listExcludedResources"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/scans/{id}/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Export all types of a scan as JSON or CSV
         * @description A file with all types by name, read page by page. While the scan runs, later types may have newer states than earlier ones.
         */
        get: operations["exportScan"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/scans/{id}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Pause a scan */
        post: operations["pauseScan"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/scans/{id}/progress": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read the counters of a scan right after one of its events
         * @description Exact: they equal those of a snapshot with this `lastSeq`. An earlier event than the latest one needs a replay of all events up to it: 410 when the first ones are no longer kept, 503 with Retry-After while the server replays others.
         */
        get: operations["getScanProgress"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/scans/{id}/resources": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the types of a scan */
        get: operations["listScanResources"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/scans/{id}/resources/{resource}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read one type of a scan with all its attempts
         * @description The name is plural.group, or another name that the cluster resolves: kind, short name, `group/version/plural` (percent-encoded).
         */
        get: operations["getScanResource"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/scans/{id}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Resume a paused scan
         * @description A scan that was stopped by its budget needs a larger limit.
         */
        post: operations["resumeScan"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/scans/{id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Retry failed types of a finished scan */
        post: operations["retryScan"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/schedules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the schedules, ordered by name */
        get: operations["listSchedules"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/schedules/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read a schedule */
        get: operations["getSchedule"];
        /**
         * Create or replace a schedule
         * @description Includes and excludes are checked as by POST /scans, with surprising matches in `warnings`. A cluster that does not answer is a warning. An unknown cluster is rejected. A run joins a running scan of the cluster that covers it, as POST /scans does. While a bound rejects its model, a run waits, at most until the next run.
         */
        put: operations["putSchedule"];
        post?: never;
        /** Delete a schedule without canceling its scans */
        delete: operations["deleteSchedule"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read the name and the role of the caller
         * @description Without a login 401, with the ways to log in as `login` of the problem.
         */
        get: operations["getSession"];
        put?: never;
        /**
         * Log in with a token
         * @description Sets an HttpOnly cookie with the role of the token, for at most 24 h and 8 h without a request. A session of an earlier login ends.
         */
        post: operations["createSession"];
        /**
         * Log out
         * @description Ends the session on all replicas. Succeeds without a session as well.
         */
        delete: operations["deleteSession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the callers with sessions, ordered by name */
        get: operations["listSessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * End all sessions of a caller
         * @description The caller may log in again, unless its token or its role at the issuer is removed as well.
         */
        delete: operations["endSessions"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the webhooks, oldest first */
        get: operations["listWebhooks"];
        put?: never;
        /**
         * Create a webhook
         * @description The answer has the signing secret, which no other request returns. Messages are signed as in Standard Webhooks.
         */
        post: operations["createWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read a webhook */
        get: operations["getWebhook"];
        /** Replace the settings of a webhook; its secret stays */
        put: operations["replaceWebhook"];
        post?: never;
        /** Delete a webhook with its unsent messages */
        delete: operations["deleteWebhook"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/{id}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the messages of a webhook, newest first
         * @description At most the newest 500. `dead` ones are not tried any more.
         */
        get: operations["listDeliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/{id}/deliveries/{delivery}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send a dead message again, under the same webhook-id */
        post: operations["replayDelivery"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/{id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a message of type webhook.test
         * @description GET /webhooks/{id}/deliveries shows its outcome.
         */
        post: operations["testWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/workers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the live worker processes */
        get: operations["listWorkers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/livez": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Liveness: the event loop responds. Dependencies are not checked. */
        get: operations["getLiveness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/mcp": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Call the MCP server
         * @description Model Context Protocol over streamable HTTP, stateless, versions 2026-07-28 and 2025-11-25. The body is a JSON-RPC message. docs/agents.md has the set-up of clients.
         */
        post: operations["callMcp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/problems": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List all problem codes as JSON, HTML or text */
        get: operations["listProblems"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/problems/{code}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read the meaning and the fix of a problem code as JSON, HTML or text */
        get: operations["getProblem"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Readiness: Redis is available and the server is not draining. */
        get: operations["getReadiness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/version": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read the version of the server */
        get: operations["getVersion"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Capability: {
            /** @description Complexity it hides from the user, such as high availability or scheduling. */
            abstractions: string[];
            apiVersion: string;
            /** @description Short noun phrases for what the type lets a user do, most important first. */
            capabilities: string[];
            categories: string[];
            cluster: string;
            /**
             * @description How hard it is to use: low stands alone, high needs many other resources.
             * @enum {string}
             */
            complexity: "low" | "medium" | "high";
            /** @description How well the definition supports this answer. */
            confidence: number;
            /** @description One or two plain sentences. */
            description: string;
            group: string;
            /** Format: uuid */
            id: string;
            kind: string;
            lowConfidence: boolean;
            /** @default null */
            override: {
                /** Format: date-time */
                at: string;
                by: string;
                fields: {
                    /** @description Complexity it hides from the user, such as high availability or scheduling. */
                    abstractions?: string[];
                    /** @description Short noun phrases for what the type lets a user do, most important first. */
                    capabilities?: string[];
                    /**
                     * @description How hard it is to use: low stands alone, high needs many other resources.
                     * @enum {string}
                     */
                    complexity?: "low" | "medium" | "high";
                    /** @description How well the definition supports this answer. */
                    confidence?: number;
                    /** @description One or two plain sentences. */
                    description?: string;
                    /** @description Clouds, vendors or projects it works with; empty when it is independent of any. */
                    providers?: string[];
                    /** @description Phrases that a user types who needs the type and does not know its name. */
                    searchPhrases?: string[];
                    /** @description When to use the type. */
                    useCase?: string;
                };
                inferred: {
                    /** @description Complexity it hides from the user, such as high availability or scheduling. */
                    abstractions?: string[];
                    /** @description Short noun phrases for what the type lets a user do, most important first. */
                    capabilities?: string[];
                    /**
                     * @description How hard it is to use: low stands alone, high needs many other resources.
                     * @enum {string}
                     */
                    complexity?: "low" | "medium" | "high";
                    /** @description How well the definition supports this answer. */
                    confidence?: number;
                    /** @description One or two plain sentences. */
                    description?: string;
                    /** @description Clouds, vendors or projects it works with; empty when it is independent of any. */
                    providers?: string[];
                    /** @description Phrases that a user types who needs the type and does not know its name. */
                    searchPhrases?: string[];
                    /** @description When to use the type; empty in a rule-based answer and in some curated answers. */
                    useCase?: string;
                };
                note: string | null;
            } | null;
            /** @default [] */
            printerColumns: {
                description?: string;
                jsonPath: string;
                name: string;
                priority?: number;
                type: string;
            }[];
            provenance: {
                /** Format: date-time */
                asOf?: string;
                /** @default null */
                attempt: number | null;
                contentKey: string;
                definitionHash: string;
                durationMs: number;
                /** Format: date-time */
                inferredAt: string;
                model: string;
                promptVersion: string;
                provider: string;
                scanId: string;
                /** @default 0 */
                sharedWith: number;
                truncated: boolean;
                usage: {
                    cachedTokens: number;
                    estimatedTokens?: number;
                    inputTokens: number;
                    outputTokens: number;
                };
                /** @default null */
                worker: string | null;
            };
            /** @description Clouds, vendors or projects it works with; empty when it is independent of any. */
            providers: string[];
            resource: string;
            /** @enum {string} */
            scope: "Namespaced" | "Cluster";
            /** @description Phrases that a user types who needs the type and does not know its name. */
            searchPhrases: string[];
            shortNames: string[];
            stale: boolean;
            /** @default [] */
            suspicions: {
                excerpt: string;
                /** @enum {string} */
                in: "definition" | "answer";
                /** @enum {string} */
                kind: "instruction" | "markup" | "link" | "encoded" | "hidden_characters" | "unknown_words";
            }[];
            /** @description When to use the type; empty in a rule-based answer and in some curated answers. */
            useCase: string;
            verbs: string[];
            version: string;
        };
        CapabilityInput: {
            /** @description Complexity it hides from the user, such as high availability or scheduling. */
            abstractions: string[];
            apiVersion: string;
            /** @description Short noun phrases for what the type lets a user do, most important first. */
            capabilities: string[];
            categories: string[];
            cluster: string;
            /**
             * @description How hard it is to use: low stands alone, high needs many other resources.
             * @enum {string}
             */
            complexity: "low" | "medium" | "high";
            /** @description How well the definition supports this answer. */
            confidence: number;
            /** @description One or two plain sentences. */
            description: string;
            group: string;
            /** Format: uuid */
            id: string;
            kind: string;
            lowConfidence: boolean;
            /** @default null */
            override?: {
                /** Format: date-time */
                at: string;
                by: string;
                fields: {
                    /** @description Complexity it hides from the user, such as high availability or scheduling. */
                    abstractions?: string[];
                    /** @description Short noun phrases for what the type lets a user do, most important first. */
                    capabilities?: string[];
                    /**
                     * @description How hard it is to use: low stands alone, high needs many other resources.
                     * @enum {string}
                     */
                    complexity?: "low" | "medium" | "high";
                    /** @description How well the definition supports this answer. */
                    confidence?: number;
                    /** @description One or two plain sentences. */
                    description?: string;
                    /** @description Clouds, vendors or projects it works with; empty when it is independent of any. */
                    providers?: string[];
                    /** @description Phrases that a user types who needs the type and does not know its name. */
                    searchPhrases?: string[];
                    /** @description When to use the type. */
                    useCase?: string;
                };
                inferred: {
                    /** @description Complexity it hides from the user, such as high availability or scheduling. */
                    abstractions?: string[];
                    /** @description Short noun phrases for what the type lets a user do, most important first. */
                    capabilities?: string[];
                    /**
                     * @description How hard it is to use: low stands alone, high needs many other resources.
                     * @enum {string}
                     */
                    complexity?: "low" | "medium" | "high";
                    /** @description How well the definition supports this answer. */
                    confidence?: number;
                    /** @description One or two plain sentences. */
                    description?: string;
                    /** @description Clouds, vendors or projects it works with; empty when it is independent of any. */
                    providers?: string[];
                    /** @description Phrases that a user types who needs the type and does not know its name. */
                    searchPhrases?: string[];
                    /** @description When to use the type; empty in a rule-based answer and in some curated answers. */
                    useCase?: string;
                };
                note: string | null;
            } | null;
            /** @default [] */
            printerColumns?: {
                description?: string;
                jsonPath: string;
                name: string;
                priority?: number;
                type: string;
            }[];
            provenance: {
                /** Format: date-time */
                asOf?: string;
                /** @default null */
                attempt?: number | null;
                contentKey: string;
                definitionHash: string;
                durationMs: number;
                /** Format: date-time */
                inferredAt: string;
                model: string;
                promptVersion: string;
                provider: string;
                scanId: string;
                /** @default 0 */
                sharedWith?: number;
                truncated: boolean;
                usage: {
                    cachedTokens: number;
                    estimatedTokens?: number;
                    inputTokens: number;
                    outputTokens: number;
                };
                /** @default null */
                worker?: string | null;
            };
            /** @description Clouds, vendors or projects it works with; empty when it is independent of any. */
            providers: string[];
            resource: string;
            /** @enum {string} */
            scope: "Namespaced" | "Cluster";
            /** @description Phrases that a user types who needs the type and does not know its name. */
            searchPhrases: string[];
            shortNames: string[];
            stale: boolean;
            /** @default [] */
            suspicions?: {
                excerpt: string;
                /** @enum {string} */
                in: "definition" | "answer";
                /** @enum {string} */
                kind: "instruction" | "markup" | "link" | "encoded" | "hidden_characters" | "unknown_words";
            }[];
            /** @description When to use the type; empty in a rule-based answer and in some curated answers. */
            useCase: string;
            verbs: string[];
            version: string;
        };
        Problem: {
            /** @enum {string} */
            code: "VALIDATION" | "UNAUTHORIZED" | "LOGIN_FAILED" | "FORBIDDEN" | "NOT_FOUND" | "METHOD_NOT_ALLOWED" | "NOT_ACCEPTABLE" | "SCAN_CONFLICT" | "IDEMPOTENCY_IN_PROGRESS" | "IDEMPOTENCY_MISMATCH" | "WRONG_STATE" | "EVENTS_TRIMMED" | "PAYLOAD_TOO_LARGE" | "UNSUPPORTED_MEDIA_TYPE" | "UNKNOWN_CLUSTER" | "UNKNOWN_RESOURCES" | "RATE_LIMITED" | "PROVIDER_NOT_CONFIGURED" | "PROVIDER_UNAVAILABLE" | "PROVIDER_AUTH" | "PROVIDER_QUOTA" | "PROVIDER_MODEL_UNKNOWN" | "ISSUER_UNAVAILABLE" | "CLUSTER_UNREACHABLE" | "CLUSTER_FORBIDDEN" | "CLUSTER_MISCONFIGURED" | "TOO_MANY_STREAMS" | "OVERLOADED" | "REDIS_UNAVAILABLE" | "DRAINING" | "INTERNAL";
            detail?: string;
            errors?: {
                detail: string;
                /** @enum {string} */
                in?: "query" | "path" | "header";
                /** @description JSON pointer (RFC 6901) as a URI fragment, such as `#/budget/maxCostUsd`. */
                pointer: string;
            }[];
            hint?: string;
            instance?: string;
            kind?: string;
            login?: ("token" | "oidc")[];
            /** @enum {string} */
            reason?: "rate_limited" | "timeout" | "provider_error" | "provider_auth" | "provider_not_configured" | "quota_exhausted" | "invalid_output" | "refused" | "context_too_long" | "schema_unavailable" | "budget_exceeded" | "worker_lost" | "internal";
            /** @enum {string} */
            requiredRole?: "viewer" | "operator" | "admin";
            requiredScope?: string;
            retryable: boolean;
            retryAfterMs?: number;
            scan?: string;
            status: number;
            title: string;
            type: string;
        };
        ProblemInput: {
            /** @enum {string} */
            code: "VALIDATION" | "UNAUTHORIZED" | "LOGIN_FAILED" | "FORBIDDEN" | "NOT_FOUND" | "METHOD_NOT_ALLOWED" | "NOT_ACCEPTABLE" | "SCAN_CONFLICT" | "IDEMPOTENCY_IN_PROGRESS" | "IDEMPOTENCY_MISMATCH" | "WRONG_STATE" | "EVENTS_TRIMMED" | "PAYLOAD_TOO_LARGE" | "UNSUPPORTED_MEDIA_TYPE" | "UNKNOWN_CLUSTER" | "UNKNOWN_RESOURCES" | "RATE_LIMITED" | "PROVIDER_NOT_CONFIGURED" | "PROVIDER_UNAVAILABLE" | "PROVIDER_AUTH" | "PROVIDER_QUOTA" | "PROVIDER_MODEL_UNKNOWN" | "ISSUER_UNAVAILABLE" | "CLUSTER_UNREACHABLE" | "CLUSTER_FORBIDDEN" | "CLUSTER_MISCONFIGURED" | "TOO_MANY_STREAMS" | "OVERLOADED" | "REDIS_UNAVAILABLE" | "DRAINING" | "INTERNAL";
            detail?: string;
            errors?: {
                detail: string;
                /** @enum {string} */
                in?: "query" | "path" | "header";
                /** @description JSON pointer (RFC 6901) as a URI fragment, such as `#/budget/maxCostUsd`. */
                pointer: string;
            }[];
            hint?: string;
            instance?: string;
            kind?: string;
            login?: ("token" | "oidc")[];
            /** @enum {string} */
            reason?: "rate_limited" | "timeout" | "provider_error" | "provider_auth" | "provider_not_configured" | "quota_exhausted" | "invalid_output" | "refused" | "context_too_long" | "schema_unavailable" | "budget_exceeded" | "worker_lost" | "internal";
            /** @enum {string} */
            requiredRole?: "viewer" | "operator" | "admin";
            requiredScope?: string;
            retryable: boolean;
            retryAfterMs?: number;
            scan?: string;
            status: number;
            title: string;
            type: string;
        };
        Scan: {
            budget: {
                maxCostUsd?: number;
                maxFailures?: number;
                maxTokens?: number;
                stoppedBy: ("maxCostUsd" | "maxTokens" | "maxFailures") | null;
            };
            cluster: string;
            concurrency: number | null;
            /** Format: date-time */
            createdAt: string;
            createdBy: string;
            curated: boolean;
            demo: boolean;
            done: boolean;
            eta: {
                because: ("planning" | "paused" | "budget" | "no-worker" | "breaker" | "batch" | "requests" | "input-tokens" | "output-tokens" | "tokens" | "concurrency" | "few-slots" | "concurrency-of-scan" | "waiting-for-scan") | null;
                high: number | null;
                low: number | null;
                ratePerMinute: number;
                seconds: number | null;
                silentSeconds: number | null;
                whatIf: {
                    /** @enum {string} */
                    change: "worker" | "requests" | "tokens" | "concurrency";
                    seconds: number;
                    text: string;
                }[];
            };
            exclude: string[];
            excluded: {
                byReason: {
                    [key: string]: number;
                };
                count: number;
            };
            /** @enum {string} */
            execution: "calls" | "batch";
            failures: {
                byReason: {
                    [key: string]: number;
                };
                discarded: number;
                sample: {
                    problem: {
                        detail?: string;
                        hint?: string;
                        kind?: string;
                        /** @enum {string} */
                        reason: "rate_limited" | "timeout" | "provider_error" | "provider_auth" | "provider_not_configured" | "quota_exhausted" | "invalid_output" | "refused" | "context_too_long" | "schema_unavailable" | "budget_exceeded" | "worker_lost" | "internal";
                        retryable: boolean;
                        title: string;
                        /** Format: date-time */
                        until?: string;
                    };
                    resource: string;
                }[];
            };
            finishedAt: string | null;
            id: string;
            include: string[];
            /** @constant */
            kind: "capabilities";
            labels: {
                [key: string]: string;
            };
            lastSeq: number;
            links: {
                board: string;
                events: string;
                resources: string;
                self: string;
                ui: string;
            };
            /** @enum {string} */
            mode: "incremental" | "full";
            model: string;
            notFaster: {
                account: string | null;
                inFlight: number;
                /** @enum {string} */
                kind: "planning" | "paused" | "budget" | "no-worker" | "breaker" | "batch" | "requests" | "input-tokens" | "output-tokens" | "tokens" | "concurrency" | "few-slots" | "concurrency-of-scan" | "waiting-for-scan";
                maxInFlight: number | null;
                model: string;
                nextPermitMs: number | null;
                text: string;
            } | null;
            /** @enum {string} */
            order: "name" | "smallest-first" | "largest-first";
            pause: {
                by: string;
                fault?: {
                    account: string;
                    /** Format: date-time */
                    at: string;
                    hint?: string;
                    kind?: string;
                    /** @enum {string} */
                    reason: "rate_limited" | "timeout" | "provider_error" | "provider_auth" | "provider_not_configured" | "quota_exhausted" | "invalid_output" | "refused" | "context_too_long" | "schema_unavailable" | "budget_exceeded" | "worker_lost" | "internal";
                    title: string;
                };
                problem?: {
                    detail?: string;
                    hint?: string;
                    kind?: string;
                    /** @enum {string} */
                    reason: "rate_limited" | "timeout" | "provider_error" | "provider_auth" | "provider_not_configured" | "quota_exhausted" | "invalid_output" | "refused" | "context_too_long" | "schema_unavailable" | "budget_exceeded" | "worker_lost" | "internal";
                    retryable: boolean;
                    title: string;
                    /** Format: date-time */
                    until?: string;
                };
                reason: string;
            } | null;
            problem: {
                detail?: string;
                hint?: string;
                kind?: string;
                /** @enum {string} */
                reason: "rate_limited" | "timeout" | "provider_error" | "provider_auth" | "provider_not_configured" | "quota_exhausted" | "invalid_output" | "refused" | "context_too_long" | "schema_unavailable" | "budget_exceeded" | "worker_lost" | "internal";
                retryable: boolean;
                title: string;
                /** Format: date-time */
                until?: string;
            } | null;
            progress: {
                canceled: number;
                failed: number;
                finished: number;
                percent: number;
                queued: number;
                retrying: number;
                running: number;
                skipped: number;
                succeeded: number;
                total: number | null;
            };
            /** @enum {string} */
            provider: "anthropic" | "openai" | "demo";
            runAttempt: number;
            startedAt: string | null;
            /** @enum {string} */
            status: "discovering" | "queued" | "running" | "paused" | "canceling" | "succeeded" | "partial" | "failed" | "canceled";
            throttle: {
                account: string | null;
                because: string;
                fault: {
                    account: string;
                    /** Format: date-time */
                    at: string;
                    hint?: string;
                    kind?: string;
                    /** @enum {string} */
                    reason: "rate_limited" | "timeout" | "provider_error" | "provider_auth" | "provider_not_configured" | "quota_exhausted" | "invalid_output" | "refused" | "context_too_long" | "schema_unavailable" | "budget_exceeded" | "worker_lost" | "internal";
                    title: string;
                } | null;
                model: string;
                until: string | null;
            } | null;
            unavailable: {
                group: string;
                reason: string;
            }[];
            usage: {
                cachedTokens: number;
                cacheHits: number;
                calls: number;
                costUsd: number | null;
                curatedAnswers: number;
                estimatedTokens: number;
                inputTokens: number;
                outputTokens: number;
                /** @enum {string} */
                pricing: "known" | "estimated" | "unknown";
                saved: {
                    costUsd: number | null;
                    ms: number | null;
                    types: number;
                };
            };
            waitingFor: {
                scanId: string;
                types: number;
            } | null;
            warnings: string[];
            workMs: number;
        };
        ScanEvents: {
            gap: {
                /** Format: date-time */
                at: string;
                from: number;
                scanId: string;
                seq: number;
                to: number;
                v: number;
            };
            "provider.breaker": {
                account: string;
                /** Format: date-time */
                at: string;
                model: string;
                /** @enum {string} */
                provider: "anthropic" | "openai" | "demo";
                reason: string;
                scanId: string;
                seq: number;
                /** @enum {string} */
                state: "open" | "half-open" | "closed";
                until: string | null;
                v: number;
            };
            "provider.throttled": {
                account: string;
                /** Format: date-time */
                at: string;
                model: string;
                /** @enum {string} */
                provider: "anthropic" | "openai" | "demo";
                scanId: string;
                /** @enum {string} */
                scope: "rpm" | "tpm" | "concurrency" | "retry-after";
                seq: number;
                /** Format: date-time */
                until: string;
                v: number;
            };
            "queue.paused": {
                /** Format: date-time */
                at: string;
                reason: string;
                route: string;
                scanId: string;
                seq: number;
                until: string | null;
                v: number;
            };
            "queue.resumed": {
                /** Format: date-time */
                at: string;
                route: string;
                scanId: string;
                seq: number;
                v: number;
            };
            "resource.canceled": {
                /** Format: date-time */
                at: string;
                resource: string;
                scanId: string;
                seq: number;
                v: number;
            };
            "resource.failed": {
                /** Format: date-time */
                at: string;
                attempts: number;
                problem: {
                    detail?: string;
                    hint?: string;
                    kind?: string;
                    /** @enum {string} */
                    reason: "rate_limited" | "timeout" | "provider_error" | "provider_auth" | "provider_not_configured" | "quota_exhausted" | "invalid_output" | "refused" | "context_too_long" | "schema_unavailable" | "budget_exceeded" | "worker_lost" | "internal";
                    retryable: boolean;
                    title: string;
                    /** Format: date-time */
                    until?: string;
                };
                resource: string;
                scanId: string;
                seq: number;
                v: number;
            };
            "resource.released": {
                /** Format: date-time */
                at: string;
                reason: string;
                resource: string;
                scanId: string;
                seq: number;
                v: number;
                worker: string;
            };
            "resource.requeued": {
                /** Format: date-time */
                at: string;
                by: string;
                resource: string;
                scanId: string;
                seq: number;
                v: number;
            };
            "resource.retrying": {
                /** Format: date-time */
                at: string;
                attempt: number;
                delayMs: number;
                detail?: string;
                /** Format: date-time */
                nextAttemptAt: string;
                /** @enum {string} */
                reason: "rate_limited" | "timeout" | "provider_error" | "provider_auth" | "provider_not_configured" | "quota_exhausted" | "invalid_output" | "refused" | "context_too_long" | "schema_unavailable" | "budget_exceeded" | "worker_lost" | "internal";
                resource: string;
                scanId: string;
                seq: number;
                v: number;
            };
            "resource.skipped": {
                /** Format: date-time */
                at: string;
                reason: string;
                resource: string;
                scanId: string;
                seq: number;
                v: number;
            };
            "resource.stalled": {
                /** Format: date-time */
                at: string;
                resource: string;
                scanId: string;
                seq: number;
                v: number;
            };
            "resource.started": {
                /** Format: date-time */
                at: string;
                attempt: number;
                resource: string;
                scanId: string;
                seq: number;
                v: number;
                worker: string;
            };
            "resource.succeeded": {
                /** Format: date-time */
                at: string;
                cached: boolean;
                capabilities: string[];
                confidence: number;
                costUsd: number | null;
                durationMs: number;
                resource: string;
                scanId: string;
                seq: number;
                /** @enum {string} */
                source: "model" | "curated" | "rules";
                usage: {
                    cachedTokens: number;
                    estimatedTokens?: number;
                    inputTokens: number;
                    outputTokens: number;
                };
                v: number;
            };
            "scan.budget": {
                /** Format: date-time */
                at: string;
                /** @enum {string} */
                limit: "maxCostUsd" | "maxTokens" | "maxFailures";
                most: number;
                percent: 80 | 100;
                scanId: string;
                seq: number;
                spent: number;
                v: number;
            };
            "scan.canceling": {
                /** Format: date-time */
                at: string;
                by: string;
                scanId: string;
                seq: number;
                v: number;
            };
            "scan.finished": {
                /** Format: date-time */
                at: string;
                problem?: {
                    detail?: string;
                    hint?: string;
                    kind?: string;
                    /** @enum {string} */
                    reason: "rate_limited" | "timeout" | "provider_error" | "provider_auth" | "provider_not_configured" | "quota_exhausted" | "invalid_output" | "refused" | "context_too_long" | "schema_unavailable" | "budget_exceeded" | "worker_lost" | "internal";
                    retryable: boolean;
                    title: string;
                    /** Format: date-time */
                    until?: string;
                };
                /** @description The scan after its last event. Absent when a retry followed. */
                scan?: components["schemas"]["Scan"];
                scanId: string;
                seq: number;
                status: string;
                v: number;
            };
            "scan.forgotten": {
                /** Format: date-time */
                at: string;
                scanId: string;
                seq: number;
                v: number;
            };
            "scan.paused": {
                /** Format: date-time */
                at: string;
                by: string;
                fault?: {
                    account: string;
                    /** Format: date-time */
                    at: string;
                    hint?: string;
                    kind?: string;
                    /** @enum {string} */
                    reason: "rate_limited" | "timeout" | "provider_error" | "provider_auth" | "provider_not_configured" | "quota_exhausted" | "invalid_output" | "refused" | "context_too_long" | "schema_unavailable" | "budget_exceeded" | "worker_lost" | "internal";
                    title: string;
                };
                problem?: {
                    detail?: string;
                    hint?: string;
                    kind?: string;
                    /** @enum {string} */
                    reason: "rate_limited" | "timeout" | "provider_error" | "provider_auth" | "provider_not_configured" | "quota_exhausted" | "invalid_output" | "refused" | "context_too_long" | "schema_unavailable" | "budget_exceeded" | "worker_lost" | "internal";
                    retryable: boolean;
                    title: string;
                    /** Format: date-time */
                    until?: string;
                };
                reason: string;
                scanId: string;
                seq: number;
                v: number;
            };
            "scan.progress": {
                /** Format: date-time */
                at: string;
                eta: {
                    because: ("planning" | "paused" | "budget" | "no-worker" | "breaker" | "batch" | "requests" | "input-tokens" | "output-tokens" | "tokens" | "concurrency" | "few-slots" | "concurrency-of-scan" | "waiting-for-scan") | null;
                    high: number | null;
                    low: number | null;
                    ratePerMinute: number;
                    seconds: number | null;
                    silentSeconds: number | null;
                    whatIf: {
                        /** @enum {string} */
                        change: "worker" | "requests" | "tokens" | "concurrency";
                        seconds: number;
                        text: string;
                    }[];
                };
                notFaster: {
                    account: string | null;
                    inFlight: number;
                    /** @enum {string} */
                    kind: "planning" | "paused" | "budget" | "no-worker" | "breaker" | "batch" | "requests" | "input-tokens" | "output-tokens" | "tokens" | "concurrency" | "few-slots" | "concurrency-of-scan" | "waiting-for-scan";
                    maxInFlight: number | null;
                    model: string;
                    nextPermitMs: number | null;
                    text: string;
                } | null;
                progress: {
                    canceled: number;
                    failed: number;
                    finished: number;
                    percent: number;
                    queued: number;
                    retrying: number;
                    running: number;
                    skipped: number;
                    succeeded: number;
                    total: number | null;
                };
                running: string[];
                scanId: string;
                seq: number;
                status: string;
                throttle: {
                    account: string | null;
                    because: string;
                    fault: {
                        account: string;
                        /** Format: date-time */
                        at: string;
                        hint?: string;
                        kind?: string;
                        /** @enum {string} */
                        reason: "rate_limited" | "timeout" | "provider_error" | "provider_auth" | "provider_not_configured" | "quota_exhausted" | "invalid_output" | "refused" | "context_too_long" | "schema_unavailable" | "budget_exceeded" | "worker_lost" | "internal";
                        title: string;
                    } | null;
                    model: string;
                    until: string | null;
                } | null;
                usage: {
                    cachedTokens: number;
                    cacheHits: number;
                    calls: number;
                    costUsd: number | null;
                    curatedAnswers: number;
                    estimatedTokens: number;
                    inputTokens: number;
                    outputTokens: number;
                    /** @enum {string} */
                    pricing: "known" | "estimated" | "unknown";
                    saved: {
                        costUsd: number | null;
                        ms: number | null;
                        types: number;
                    };
                };
                v: number;
                waitingFor: {
                    scanId: string;
                    types: number;
                } | null;
                warnings: string[];
            };
            "scan.resumed": {
                /** Format: date-time */
                at: string;
                by: string;
                scanId: string;
                seq: number;
                v: number;
            };
            "scan.started": {
                /** Format: date-time */
                at: string;
                excluded: number;
                model: string;
                provider: string;
                runAttempt: number;
                scanId: string;
                seq: number;
                skipped: number;
                total: number;
                v: number;
            };
            "server.closing": {
                /** Format: date-time */
                at: string;
                retryMs: number;
                scanId: string;
                seq: number;
                v: number;
            };
            "session.ended": {
                /** Format: date-time */
                at: string;
                /** @enum {string} */
                reason: "logged-out" | "replaced" | "revoked" | "expired";
                scanId: string;
                seq: number;
                v: number;
            };
            snapshot: {
                active: components["schemas"]["ScanItem"][];
                /** Format: date-time */
                at: string;
                recentFailures: components["schemas"]["ScanItem"][];
                scan: components["schemas"]["Scan"];
                scanId: string;
                seq: number;
                v: number;
            };
        };
        ScanInput: {
            budget: {
                maxCostUsd?: number;
                maxFailures?: number;
                maxTokens?: number;
                stoppedBy: ("maxCostUsd" | "maxTokens" | "maxFailures") | null;
            };
            cluster: string;
            concurrency: number | null;
            /** Format: date-time */
            createdAt: string;
            createdBy: string;
            curated: boolean;
            demo: boolean;
            done: boolean;
            eta: {
                because: ("planning" | "paused" | "budget" | "no-worker" | "breaker" | "batch" | "requests" | "input-tokens" | "output-tokens" | "tokens" | "concurrency" | "few-slots" | "concurrency-of-scan" | "waiting-for-scan") | null;
                high: number | null;
                low: number | null;
                ratePerMinute: number;
                seconds: number | null;
                silentSeconds: number | null;
                whatIf: {
                    /** @enum {string} */
                    change: "worker" | "requests" | "tokens" | "concurrency";
                    seconds: number;
                    text: string;
                }[];
            };
            exclude: string[];
            excluded: {
                byReason: {
                    [key: string]: number;
                };
                count: number;
            };
            /** @enum {string} */
            execution: "calls" | "batch";
            failures: {
                byReason: {
                    [key: string]: number;
                };
                discarded: number;
                sample: {
                    problem: {
                        detail?: string;
                        hint?: string;
                        kind?: string;
                        /** @enum {string} */
                        reason: "rate_limited" | "timeout" | "provider_error" | "provider_auth" | "provider_not_configured" | "quota_exhausted" | "invalid_output" | "refused" | "context_too_long" | "schema_unavailable" | "budget_exceeded" | "worker_lost" | "internal";
                        retryable: boolean;
                        title: string;
                        /** Format: date-time */
                        until?: string;
                    };
                    resource: string;
                }[];
            };
            finishedAt: string | null;
            id: string;
            include: string[];
            /** @constant */
            kind: "capabilities";
            labels: {
                [key: string]: string;
            };
            lastSeq: number;
            links: {
                board: string;
                events: string;
                resources: string;
                self: string;
                ui: string;
            };
            /** @enum {string} */
            mode: "incremental" | "full";
            model: string;
            notFaster: {
                account: string | null;
                inFlight: number;
                /** @enum {string} */
                kind: "planning" | "paused" | "budget" | "no-worker" | "breaker" | "batch" | "requests" | "input-tokens" | "output-tokens" | "tokens" | "concurrency" | "few-slots" | "concurrency-of-scan" | "waiting-for-scan";
                maxInFlight: number | null;
                model: string;
                nextPermitMs: number | null;
                text: string;
            } | null;
            /** @enum {string} */
            order: "name" | "smallest-first" | "largest-first";
            pause: {
                by: string;
                fault?: {
                    account: string;
                    /** Format: date-time */
                    at: string;
                    hint?: string;
                    kind?: string;
                    /** @enum {string} */
                    reason: "rate_limited" | "timeout" | "provider_error" | "provider_auth" | "provider_not_configured" | "quota_exhausted" | "invalid_output" | "refused" | "context_too_long" | "schema_unavailable" | "budget_exceeded" | "worker_lost" | "internal";
                    title: string;
                };
                problem?: {
                    detail?: string;
                    hint?: string;
                    kind?: string;
                    /** @enum {string} */
                    reason: "rate_limited" | "timeout" | "provider_error" | "provider_auth" | "provider_not_configured" | "quota_exhausted" | "invalid_output" | "refused" | "context_too_long" | "schema_unavailable" | "budget_exceeded" | "worker_lost" | "internal";
                    retryable: boolean;
                    title: string;
                    /** Format: date-time */
                    until?: string;
                };
                reason: string;
            } | null;
            problem: {
                detail?: string;
                hint?: string;
                kind?: string;
                /** @enum {string} */
                reason: "rate_limited" | "timeout" | "provider_error" | "provider_auth" | "provider_not_configured" | "quota_exhausted" | "invalid_output" | "refused" | "context_too_long" | "schema_unavailable" | "budget_exceeded" | "worker_lost" | "internal";
                retryable: boolean;
                title: string;
                /** Format: date-time */
                until?: string;
            } | null;
            progress: {
                canceled: number;
                failed: number;
                finished: number;
                percent: number;
                queued: number;
                retrying: number;
                running: number;
                skipped: number;
                succeeded: number;
                total: number | null;
            };
            /** @enum {string} */
            provider: "anthropic" | "openai" | "demo";
            runAttempt: number;
            startedAt: string | null;
            /** @enum {string} */
            status: "discovering" | "queued" | "running" | "paused" | "canceling" | "succeeded" | "partial" | "failed" | "canceled";
            throttle: {
                account: string | null;
                because: string;
                fault: {
                    account: string;
                    /** Format: date-time */
                    at: string;
                    hint?: string;
                    kind?: string;
                    /** @enum {string} */
                    reason: "rate_limited" | "timeout" | "provider_error" | "provider_auth" | "provider_not_configured" | "quota_exhausted" | "invalid_output" | "refused" | "context_too_long" | "schema_unavailable" | "budget_exceeded" | "worker_lost" | "internal";
                    title: string;
                } | null;
                model: string;
                until: string | null;
            } | null;
            unavailable: {
                group: string;
                reason: string;
            }[];
            usage: {
                cachedTokens: number;
                cacheHits: number;
                calls: number;
                costUsd: number | null;
                curatedAnswers: number;
                estimatedTokens: number;
                inputTokens: number;
                outputTokens: number;
                /** @enum {string} */
                pricing: "known" | "estimated" | "unknown";
                saved: {
                    costUsd: number | null;
                    ms: number | null;
                    types: number;
                };
            };
            waitingFor: {
                scanId: string;
                types: number;
            } | null;
            warnings: string[];
            workMs: number;
        };
        ScanItem: {
            attempt: number;
            attempts: {
                durationMs: number;
                model: string;
                n: number;
                /** @enum {string} */
                outcome: "succeeded" | "failed" | "retrying" | "released" | "lost" | "canceled";
                problem?: {
                    detail?: string;
                    hint?: string;
                    kind?: string;
                    /** @enum {string} */
                    reason: "rate_limited" | "timeout" | "provider_error" | "provider_auth" | "provider_not_configured" | "quota_exhausted" | "invalid_output" | "refused" | "context_too_long" | "schema_unavailable" | "budget_exceeded" | "worker_lost" | "internal";
                    retryable: boolean;
                    title: string;
                    /** Format: date-time */
                    until?: string;
                };
                provider: string;
                /** Format: date-time */
                startedAt: string;
                usage: {
                    cachedTokens: number;
                    estimatedTokens?: number;
                    inputTokens: number;
                    outputTokens: number;
                } | null;
                worker: string;
            }[];
            cached: boolean;
            confidence: number | null;
            durationMs: number | null;
            estimatedTokens: number;
            finishedAt: string | null;
            group: string;
            kind: string;
            links: {
                board: string | null;
                self: string;
                ui: string;
            };
            nextAttemptAt: string | null;
            problem: {
                detail?: string;
                hint?: string;
                kind?: string;
                /** @enum {string} */
                reason: "rate_limited" | "timeout" | "provider_error" | "provider_auth" | "provider_not_configured" | "quota_exhausted" | "invalid_output" | "refused" | "context_too_long" | "schema_unavailable" | "budget_exceeded" | "worker_lost" | "internal";
                retryable: boolean;
                title: string;
                /** Format: date-time */
                until?: string;
            } | null;
            reason: string | null;
            resource: string;
            /** @enum {string} */
            scope: "Namespaced" | "Cluster";
            source: ("model" | "curated" | "rules") | null;
            startedAt: string | null;
            /** @enum {string} */
            status: "queued" | "running" | "retrying" | "succeeded" | "failed" | "skipped" | "canceled";
            truncated: boolean;
            usage: {
                cachedTokens: number;
                estimatedTokens?: number;
                inputTokens: number;
                outputTokens: number;
            } | null;
            version: string;
        };
        ScanItemInput: {
            attempt: number;
            attempts: {
                durationMs: number;
                model: string;
                n: number;
                /** @enum {string} */
                outcome: "succeeded" | "failed" | "retrying" | "released" | "lost" | "canceled";
                problem?: {
                    detail?: string;
                    hint?: string;
                    kind?: string;
                    /** @enum {string} */
                    reason: "rate_limited" | "timeout" | "provider_error" | "provider_auth" | "provider_not_configured" | "quota_exhausted" | "invalid_output" | "refused" | "context_too_long" | "schema_unavailable" | "budget_exceeded" | "worker_lost" | "internal";
                    retryable: boolean;
                    title: string;
                    /** Format: date-time */
                    until?: string;
                };
                provider: string;
                /** Format: date-time */
                startedAt: string;
                usage: {
                    cachedTokens: number;
                    estimatedTokens?: number;
                    inputTokens: number;
                    outputTokens: number;
                } | null;
                worker: string;
            }[];
            cached: boolean;
            confidence: number | null;
            durationMs: number | null;
            estimatedTokens: number;
            finishedAt: string | null;
            group: string;
            kind: string;
            links: {
                board: string | null;
                self: string;
                ui: string;
            };
            nextAttemptAt: string | null;
            problem: {
                detail?: string;
                hint?: string;
                kind?: string;
                /** @enum {string} */
                reason: "rate_limited" | "timeout" | "provider_error" | "provider_auth" | "provider_not_configured" | "quota_exhausted" | "invalid_output" | "refused" | "context_too_long" | "schema_unavailable" | "budget_exceeded" | "worker_lost" | "internal";
                retryable: boolean;
                title: string;
                /** Format: date-time */
                until?: string;
            } | null;
            reason: string | null;
            resource: string;
            /** @enum {string} */
            scope: "Namespaced" | "Cluster";
            source: ("model" | "curated" | "rules") | null;
            startedAt: string | null;
            /** @enum {string} */
            status: "queued" | "running" | "retrying" | "succeeded" | "failed" | "skipped" | "canceled";
            truncated: boolean;
            usage: {
                cachedTokens: number;
                estimatedTokens?: number;
                inputTokens: number;
                outputTokens: number;
            } | null;
            version: string;
        };
        ScanPlan: {
            cluster: string;
            curated: number;
            estimate: {
                costUsd: {
                    expected: number;
                    high: number;
                    low: number;
                } | null;
                durationSeconds: number;
                inputTokens: number;
                outputTokens: number;
                /** @enum {string} */
                pricing: "known" | "unknown";
            };
            excluded: number;
            model: string;
            /** @enum {string} */
            provider: "anthropic" | "openai" | "demo";
            removals: {
                /** @description Number of types of the cluster in the catalog. */
                known: number;
                /** @description True when these are more than a fifth of the known types: then none would be marked as stale without force. */
                needsForce: boolean;
                /** @description Fresh catalog rows whose type the cluster no longer serves. */
                resources: string[];
                /** @description The effect of the scan on them, as a sentence. */
                summary: string;
            };
            resources: {
                /** @enum {string} */
                action: "analyze" | "stored" | "curated" | "unchanged" | "exclude" | "undescribable";
                estTokens: number;
                reason: string;
                resource: string;
            }[];
            skippedUnchanged: number;
            stored: number;
            toAnalyze: number;
            total: number;
            unavailable: {
                group: string;
                reason: string;
            }[];
            warnings: string[];
        };
        ScanPlanInput: {
            cluster: string;
            curated: number;
            estimate: {
                costUsd: {
                    expected: number;
                    high: number;
                    low: number;
                } | null;
                durationSeconds: number;
                inputTokens: number;
                outputTokens: number;
                /** @enum {string} */
                pricing: "known" | "unknown";
            };
            excluded: number;
            model: string;
            /** @enum {string} */
            provider: "anthropic" | "openai" | "demo";
            removals: {
                /** @description Number of types of the cluster in the catalog. */
                known: number;
                /** @description True when these are more than a fifth of the known types: then none would be marked as stale without force. */
                needsForce: boolean;
                /** @description Fresh catalog rows whose type the cluster no longer serves. */
                resources: string[];
                /** @description The effect of the scan on them, as a sentence. */
                summary: string;
            };
            resources: {
                /** @enum {string} */
                action: "analyze" | "stored" | "curated" | "unchanged" | "exclude" | "undescribable";
                estTokens: number;
                reason: string;
                resource: string;
            }[];
            skippedUnchanged: number;
            stored: number;
            toAnalyze: number;
            total: number;
            unavailable: {
                group: string;
                reason: string;
            }[];
            warnings: string[];
        };
        ScanRequest: {
            /** @default {} */
            budget: {
                maxCostUsd?: number;
                maxFailures?: number;
                maxTokens?: number;
            };
            cluster?: string;
            concurrency?: number;
            curated?: boolean;
            /** @default false */
            dryRun: boolean;
            /** @default [] */
            exclude: string[];
            /**
             * @default calls
             * @enum {string}
             */
            execution: "calls" | "batch";
            /**
             * @default [
             *       "*"
             *     ]
             */
            include: string[];
            /** @default {} */
            labels: {
                [key: string]: string;
            };
            /**
             * @default incremental
             * @enum {string}
             */
            mode: "incremental" | "full";
            model?: string;
            /**
             * @default join
             * @enum {string}
             */
            onConflict: "join" | "reject" | "parallel";
            /**
             * @default name
             * @enum {string}
             */
            order: "name" | "smallest-first" | "largest-first";
            /**
             * @default normal
             * @enum {string}
             */
            priority: "high" | "normal" | "low";
            /** @enum {string} */
            provider?: "anthropic" | "openai" | "demo";
            /** @default false */
            strict: boolean;
        };
        ScanRequestInput: {
            /** @default {} */
            budget?: {
                maxCostUsd?: number;
                maxFailures?: number;
                maxTokens?: number;
            };
            cluster?: string;
            concurrency?: number;
            curated?: boolean;
            /** @default false */
            dryRun?: boolean;
            /** @default [] */
            exclude?: string[];
            /**
             * @default calls
             * @enum {string}
             */
            execution?: "calls" | "batch";
            /**
             * @default [
             *       "*"
             *     ]
             */
            include?: string[];
            /** @default {} */
            labels?: {
                [key: string]: string;
            };
            /**
             * @default incremental
             * @enum {string}
             */
            mode?: "incremental" | "full";
            model?: string;
            /**
             * @default join
             * @enum {string}
             */
            onConflict?: "join" | "reject" | "parallel";
            /**
             * @default name
             * @enum {string}
             */
            order?: "name" | "smallest-first" | "largest-first";
            /**
             * @default normal
             * @enum {string}
             */
            priority?: "high" | "normal" | "low";
            /** @enum {string} */
            provider?: "anthropic" | "openai" | "demo";
            /** @default false */
            strict?: boolean;
        };
        Schedule: {
            createdBy: string;
            /** @description Cron expression: minute, hour, day of month, month, day of week. */
            cron: string;
            lastRun: {
                /** Format: date-time */
                at: string;
                joined: boolean;
                problem: string | null;
                scanId: string | null;
                waiting: boolean;
            } | null;
            name: string;
            nextRunAt: string | null;
            /** @default false */
            paused: boolean;
            scan: {
                /** @default {} */
                budget: {
                    maxCostUsd?: number;
                    maxFailures?: number;
                    maxTokens?: number;
                };
                cluster?: string;
                concurrency?: number;
                curated?: boolean;
                /** @default [] */
                exclude: string[];
                /**
                 * @default calls
                 * @enum {string}
                 */
                execution: "calls" | "batch";
                /**
                 * @default [
                 *       "*"
                 *     ]
                 */
                include: string[];
                /** @default {} */
                labels: {
                    [key: string]: string;
                };
                /**
                 * @default incremental
                 * @enum {string}
                 */
                mode: "incremental" | "full";
                model?: string;
                /**
                 * @default join
                 * @enum {string}
                 */
                onConflict: "join" | "reject" | "parallel";
                /**
                 * @default name
                 * @enum {string}
                 */
                order: "name" | "smallest-first" | "largest-first";
                /**
                 * @default normal
                 * @enum {string}
                 */
                priority: "high" | "normal" | "low";
                /** @enum {string} */
                provider?: "anthropic" | "openai" | "demo";
                /** @default false */
                strict: boolean;
            };
            /**
             * @description IANA time zone, such as Europe/Berlin.
             * @default UTC
             */
            timeZone: string;
            /** Format: date-time */
            updatedAt: string;
            warnings: string[];
        };
        ScheduleInput: {
            createdBy: string;
            /** @description Cron expression: minute, hour, day of month, month, day of week. */
            cron: string;
            lastRun: {
                /** Format: date-time */
                at: string;
                joined: boolean;
                problem: string | null;
                scanId: string | null;
                waiting: boolean;
            } | null;
            name: string;
            nextRunAt: string | null;
            /** @default false */
            paused?: boolean;
            /** @default {} */
            scan?: {
                /** @default {} */
                budget?: {
                    maxCostUsd?: number;
                    maxFailures?: number;
                    maxTokens?: number;
                };
                cluster?: string;
                concurrency?: number;
                curated?: boolean;
                /** @default [] */
                exclude?: string[];
                /**
                 * @default calls
                 * @enum {string}
                 */
                execution?: "calls" | "batch";
                /**
                 * @default [
                 *       "*"
                 *     ]
                 */
                include?: string[];
                /** @default {} */
                labels?: {
                    [key: string]: string;
                };
                /**
                 * @default incremental
                 * @enum {string}
                 */
                mode?: "incremental" | "full";
                model?: string;
                /**
                 * @default join
                 * @enum {string}
                 */
                onConflict?: "join" | "reject" | "parallel";
                /**
                 * @default name
                 * @enum {string}
                 */
                order?: "name" | "smallest-first" | "largest-first";
                /**
                 * @default normal
                 * @enum {string}
                 */
                priority?: "high" | "normal" | "low";
                /** @enum {string} */
                provider?: "anthropic" | "openai" | "demo";
                /** @default false */
                strict?: boolean;
            };
            /**
             * @description IANA time zone, such as Europe/Berlin.
             * @default UTC
             */
            timeZone?: string;
            /** Format: date-time */
            updatedAt: string;
            warnings: string[];
        };
        StartedScan: {
            budget: {
                maxCostUsd?: number;
                maxFailures?: number;
                maxTokens?: number;
                stoppedBy: ("maxCostUsd" | "maxTokens" | "maxFailures") | null;
            };
            cluster: string;
            concurrency: number | null;
            /** Format: date-time */
            createdAt: string;
            createdBy: string;
            curated: boolean;
            demo: boolean;
            done: boolean;
            eta: {
                because: ("planning" | "paused" | "budget" | "no-worker" | "breaker" | "batch" | "requests" | "input-tokens" | "output-tokens" | "tokens" | "concurrency" | "few-slots" | "concurrency-of-scan" | "waiting-for-scan") | null;
                high: number | null;
                low: number | null;
                ratePerMinute: number;
                seconds: number | null;
                silentSeconds: number | null;
                whatIf: {
                    /** @enum {string} */
                    change: "worker" | "requests" | "tokens" | "concurrency";
                    seconds: number;
                    text: string;
                }[];
            };
            exclude: string[];
            excluded: {
                byReason: {
                    [key: string]: number;
                };
                count: number;
            };
            /** @enum {string} */
            execution: "calls" | "batch";
            failures: {
                byReason: {
                    [key: string]: number;
                };
                discarded: number;
                sample: {
                    problem: {
                        detail?: string;
                        hint?: string;
                        kind?: string;
                        /** @enum {string} */
                        reason: "rate_limited" | "timeout" | "provider_error" | "provider_auth" | "provider_not_configured" | "quota_exhausted" | "invalid_output" | "refused" | "context_too_long" | "schema_unavailable" | "budget_exceeded" | "worker_lost" | "internal";
                        retryable: boolean;
                        title: string;
                        /** Format: date-time */
                        until?: string;
                    };
                    resource: string;
                }[];
            };
            finishedAt: string | null;
            id: string;
            include: string[];
            joined?: {
                /**
                 * @description `covers`: the plan of the scan contains all requested types. `equal`: the scan has no plan yet and an equal request.
                 * @enum {string}
                 */
                because: "covers" | "equal";
                /** @description The reason as a sentence. */
                reason: string;
                /** @description Names of the matched types, when the scan has more types. The caller waits for these only. */
                resources?: string[];
                /** @description Number of types that the request matches. */
                types: number;
            };
            /** @constant */
            kind: "capabilities";
            labels: {
                [key: string]: string;
            };
            lastSeq: number;
            links: {
                board: string;
                events: string;
                resources: string;
                self: string;
                ui: string;
            };
            /** @enum {string} */
            mode: "incremental" | "full";
            model: string;
            notFaster: {
                account: string | null;
                inFlight: number;
                /** @enum {string} */
                kind: "planning" | "paused" | "budget" | "no-worker" | "breaker" | "batch" | "requests" | "input-tokens" | "output-tokens" | "tokens" | "concurrency" | "few-slots" | "concurrency-of-scan" | "waiting-for-scan";
                maxInFlight: number | null;
                model: string;
                nextPermitMs: number | null;
                text: string;
            } | null;
            /** @enum {string} */
            order: "name" | "smallest-first" | "largest-first";
            pause: {
                by: string;
                fault?: {
                    account: string;
                    /** Format: date-time */
                    at: string;
                    hint?: string;
                    kind?: string;
                    /** @enum {string} */
                    reason: "rate_limited" | "timeout" | "provider_error" | "provider_auth" | "provider_not_configured" | "quota_exhausted" | "invalid_output" | "refused" | "context_too_long" | "schema_unavailable" | "budget_exceeded" | "worker_lost" | "internal";
                    title: string;
                };
                problem?: {
                    detail?: string;
                    hint?: string;
                    kind?: string;
                    /** @enum {string} */
                    reason: "rate_limited" | "timeout" | "provider_error" | "provider_auth" | "provider_not_configured" | "quota_exhausted" | "invalid_output" | "refused" | "context_too_long" | "schema_unavailable" | "budget_exceeded" | "worker_lost" | "internal";
                    retryable: boolean;
                    title: string;
                    /** Format: date-time */
                    until?: string;
                };
                reason: string;
            } | null;
            problem: {
                detail?: string;
                hint?: string;
                kind?: string;
                /** @enum {string} */
                reason: "rate_limited" | "timeout" | "provider_error" | "provider_auth" | "provider_not_configured" | "quota_exhausted" | "invalid_output" | "refused" | "context_too_long" | "schema_unavailable" | "budget_exceeded" | "worker_lost" | "internal";
                retryable: boolean;
                title: string;
                /** Format: date-time */
                until?: string;
            } | null;
            progress: {
                canceled: number;
                failed: number;
                finished: number;
                percent: number;
                queued: number;
                retrying: number;
                running: number;
                skipped: number;
                succeeded: number;
                total: number | null;
            };
            /** @enum {string} */
            provider: "anthropic" | "openai" | "demo";
            runAttempt: number;
            startedAt: string | null;
            /** @enum {string} */
            status: "discovering" | "queued" | "running" | "paused" | "canceling" | "succeeded" | "partial" | "failed" | "canceled";
            throttle: {
                account: string | null;
                because: string;
                fault: {
                    account: string;
                    /** Format: date-time */
                    at: string;
                    hint?: string;
                    kind?: string;
                    /** @enum {string} */
                    reason: "rate_limited" | "timeout" | "provider_error" | "provider_auth" | "provider_not_configured" | "quota_exhausted" | "invalid_output" | "refused" | "context_too_long" | "schema_unavailable" | "budget_exceeded" | "worker_lost" | "internal";
                    title: string;
                } | null;
                model: string;
                until: string | null;
            } | null;
            unavailable: {
                group: string;
                reason: string;
            }[];
            usage: {
                cachedTokens: number;
                cacheHits: number;
                calls: number;
                costUsd: number | null;
                curatedAnswers: number;
                estimatedTokens: number;
                inputTokens: number;
                outputTokens: number;
                /** @enum {string} */
                pricing: "known" | "estimated" | "unknown";
                saved: {
                    costUsd: number | null;
                    ms: number | null;
                    types: number;
                };
            };
            waitingFor: {
                scanId: string;
                types: number;
            } | null;
            warnings: string[];
            workMs: number;
        };
        StartedScanInput: {
            budget: {
                maxCostUsd?: number;
                maxFailures?: number;
                maxTokens?: number;
                stoppedBy: ("maxCostUsd" | "maxTokens" | "maxFailures") | null;
            };
            cluster: string;
            concurrency: number | null;
            /** Format: date-time */
            createdAt: string;
            createdBy: string;
            curated: boolean;
            demo: boolean;
            done: boolean;
            eta: {
                because: ("planning" | "paused" | "budget" | "no-worker" | "breaker" | "batch" | "requests" | "input-tokens" | "output-tokens" | "tokens" | "concurrency" | "few-slots" | "concurrency-of-scan" | "waiting-for-scan") | null;
                high: number | null;
                low: number | null;
                ratePerMinute: number;
                seconds: number | null;
                silentSeconds: number | null;
                whatIf: {
                    /** @enum {string} */
                    change: "worker" | "requests" | "tokens" | "concurrency";
                    seconds: number;
                    text: string;
                }[];
            };
            exclude: string[];
            excluded: {
                byReason: {
                    [key: string]: number;
                };
                count: number;
            };
            /** @enum {string} */
            execution: "calls" | "batch";
            failures: {
                byReason: {
                    [key: string]: number;
                };
                discarded: number;
                sample: {
                    problem: {
                        detail?: string;
                        hint?: string;
                        kind?: string;
                        /** @enum {string} */
                        reason: "rate_limited" | "timeout" | "provider_error" | "provider_auth" | "provider_not_configured" | "quota_exhausted" | "invalid_output" | "refused" | "context_too_long" | "schema_unavailable" | "budget_exceeded" | "worker_lost" | "internal";
                        retryable: boolean;
                        title: string;
                        /** Format: date-time */
                        until?: string;
                    };
                    resource: string;
                }[];
            };
            finishedAt: string | null;
            id: string;
            include: string[];
            joined?: {
                /**
                 * @description `covers`: the plan of the scan contains all requested types. `equal`: the scan has no plan yet and an equal request.
                 * @enum {string}
                 */
                because: "covers" | "equal";
                /** @description The reason as a sentence. */
                reason: string;
                /** @description Names of the matched types, when the scan has more types. The caller waits for these only. */
                resources?: string[];
                /** @description Number of types that the request matches. */
                types: number;
            };
            /** @constant */
            kind: "capabilities";
            labels: {
                [key: string]: string;
            };
            lastSeq: number;
            links: {
                board: string;
                events: string;
                resources: string;
                self: string;
                ui: string;
            };
            /** @enum {string} */
            mode: "incremental" | "full";
            model: string;
            notFaster: {
                account: string | null;
                inFlight: number;
                /** @enum {string} */
                kind: "planning" | "paused" | "budget" | "no-worker" | "breaker" | "batch" | "requests" | "input-tokens" | "output-tokens" | "tokens" | "concurrency" | "few-slots" | "concurrency-of-scan" | "waiting-for-scan";
                maxInFlight: number | null;
                model: string;
                nextPermitMs: number | null;
                text: string;
            } | null;
            /** @enum {string} */
            order: "name" | "smallest-first" | "largest-first";
            pause: {
                by: string;
                fault?: {
                    account: string;
                    /** Format: date-time */
                    at: string;
                    hint?: string;
                    kind?: string;
                    /** @enum {string} */
                    reason: "rate_limited" | "timeout" | "provider_error" | "provider_auth" | "provider_not_configured" | "quota_exhausted" | "invalid_output" | "refused" | "context_too_long" | "schema_unavailable" | "budget_exceeded" | "worker_lost" | "internal";
                    title: string;
                };
                problem?: {
                    detail?: string;
                    hint?: string;
                    kind?: string;
                    /** @enum {string} */
                    reason: "rate_limited" | "timeout" | "provider_error" | "provider_auth" | "provider_not_configured" | "quota_exhausted" | "invalid_output" | "refused" | "context_too_long" | "schema_unavailable" | "budget_exceeded" | "worker_lost" | "internal";
                    retryable: boolean;
                    title: string;
                    /** Format: date-time */
                    until?: string;
                };
                reason: string;
            } | null;
            problem: {
                detail?: string;
                hint?: string;
                kind?: string;
                /** @enum {string} */
                reason: "rate_limited" | "timeout" | "provider_error" | "provider_auth" | "provider_not_configured" | "quota_exhausted" | "invalid_output" | "refused" | "context_too_long" | "schema_unavailable" | "budget_exceeded" | "worker_lost" | "internal";
                retryable: boolean;
                title: string;
                /** Format: date-time */
                until?: string;
            } | null;
            progress: {
                canceled: number;
                failed: number;
                finished: number;
                percent: number;
                queued: number;
                retrying: number;
                running: number;
                skipped: number;
                succeeded: number;
                total: number | null;
            };
            /** @enum {string} */
            provider: "anthropic" | "openai" | "demo";
            runAttempt: number;
            startedAt: string | null;
            /** @enum {string} */
            status: "discovering" | "queued" | "running" | "paused" | "canceling" | "succeeded" | "partial" | "failed" | "canceled";
            throttle: {
                account: string | null;
                because: string;
                fault: {
                    account: string;
                    /** Format: date-time */
                    at: string;
                    hint?: string;
                    kind?: string;
                    /** @enum {string} */
                    reason: "rate_limited" | "timeout" | "provider_error" | "provider_auth" | "provider_not_configured" | "quota_exhausted" | "invalid_output" | "refused" | "context_too_long" | "schema_unavailable" | "budget_exceeded" | "worker_lost" | "internal";
                    title: string;
                } | null;
                model: string;
                until: string | null;
            } | null;
            unavailable: {
                group: string;
                reason: string;
            }[];
            usage: {
                cachedTokens: number;
                cacheHits: number;
                calls: number;
                costUsd: number | null;
                curatedAnswers: number;
                estimatedTokens: number;
                inputTokens: number;
                outputTokens: number;
                /** @enum {string} */
                pricing: "known" | "estimated" | "unknown";
                saved: {
                    costUsd: number | null;
                    ms: number | null;
                    types: number;
                };
            };
            waitingFor: {
                scanId: string;
                types: number;
            } | null;
            warnings: string[];
            workMs: number;
        };
        Webhook: {
            /**
             * @description Only scans of these clusters. Empty: all.
             * @default []
             */
            clusters: string[];
            /** Format: date-time */
            createdAt: string;
            createdBy: string;
            /** @description Why the server disabled it: the receiver answered 410. Null otherwise. */
            disabledReason: string | null;
            /** @default true */
            enabled: boolean;
            /**
             * @default [
             *       "scan.finished"
             *     ]
             */
            events: ("scan.finished" | "scan.succeeded" | "scan.partial" | "scan.failed" | "scan.canceled")[];
            id: string;
            /**
             * @description Only scans with all these labels.
             * @default {}
             */
            labels: {
                [key: string]: string;
            };
            /** Format: date-time */
            updatedAt: string;
            /** @description https:// URL without credentials, query and fragment, which often hold secrets. http:// only for hosts in CAPSTAN_WEBHOOK_ALLOW. */
            url: string;
        };
        WebhookInput: {
            /**
             * @description Only scans of these clusters. Empty: all.
             * @default []
             */
            clusters?: string[];
            /** Format: date-time */
            createdAt: string;
            createdBy: string;
            /** @description Why the server disabled it: the receiver answered 410. Null otherwise. */
            disabledReason: string | null;
            /** @default true */
            enabled?: boolean;
            /**
             * @default [
             *       "scan.finished"
             *     ]
             */
            events?: ("scan.finished" | "scan.succeeded" | "scan.partial" | "scan.failed" | "scan.canceled")[];
            id: string;
            /**
             * @description Only scans with all these labels.
             * @default {}
             */
            labels?: {
                [key: string]: string;
            };
            /** Format: date-time */
            updatedAt: string;
            /** @description https:// URL without credentials, query and fragment, which often hold secrets. http:// only for hosts in CAPSTAN_WEBHOOK_ALLOW. */
            url: string;
        };
        WorkerStatus: {
            /** @default [] */
            accounts: {
                model: string | null;
                name: string;
                /** @enum {string} */
                provider: "anthropic" | "openai" | "demo";
                /** @default 1 */
                weight: number;
            }[];
            active: number;
            concurrency: number;
            dailyLimits?: {
                maxCostUsd?: number;
                maxTokens?: number;
            };
            draining: boolean;
            fallback?: {
                model: string;
                /** @enum {string} */
                provider: "anthropic" | "openai" | "demo";
            }[];
            host: string;
            id: string;
            /** Format: date-time */
            lastSeen: string;
            network?: {
                /** @description host:port of its proxy; null: no proxy */
                proxy: string | null;
                /** @description The setting with the proxy, such as HTTPS_PROXY */
                setting: string | null;
                /** @description host:port */
                target: string;
                use: string;
            }[];
            pid: number;
            providers: {
                endpoint?: string;
                model: string | null;
                problem?: {
                    detail: string;
                    hint: string;
                };
                /** @enum {string} */
                provider: "anthropic" | "openai" | "demo";
            }[];
            /** Format: date-time */
            startedAt: string;
            typesPerCall?: number;
            version: string;
        };
        WorkerStatusInput: {
            /** @default [] */
            accounts?: {
                model: string | null;
                name: string;
                /** @enum {string} */
                provider: "anthropic" | "openai" | "demo";
                /** @default 1 */
                weight?: number;
            }[];
            active: number;
            concurrency: number;
            dailyLimits?: {
                maxCostUsd?: number;
                maxTokens?: number;
            };
            draining: boolean;
            fallback?: {
                model: string;
                /** @enum {string} */
                provider: "anthropic" | "openai" | "demo";
            }[];
            host: string;
            id: string;
            /** Format: date-time */
            lastSeen: string;
            network?: {
                /** @description host:port of its proxy; null: no proxy */
                proxy: string | null;
                /** @description The setting with the proxy, such as HTTPS_PROXY */
                setting: string | null;
                /** @description host:port */
                target: string;
                use: string;
            }[];
            pid: number;
            providers: {
                endpoint?: string;
                model: string | null;
                problem?: {
                    detail: string;
                    hint: string;
                };
                /** @enum {string} */
                provider: "anthropic" | "openai" | "demo";
            }[];
            /** Format: date-time */
            startedAt: string;
            typesPerCall?: number;
            version: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    listAuditEntries: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
            };
            header?: {
                /** @description Id of the request in logs and in the response. Any other value is replaced. */
                "X-Request-Id"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request is invalid. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server or a dependency failed. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            /** @enum {string} */
                            action: "scan.started" | "scan.joined" | "scan.paused" | "scan.resumed" | "scan.canceled" | "scan.retried" | "scan.discarded" | "scan.deleted" | "capability.overridden" | "capability.override-removed" | "capability.deleted" | "capabilities.deleted" | "capabilities.imported" | "capabilities.reindexed" | "provider.tested" | "provider.resumed" | "queues.paused" | "queues.resumed" | "schedule.set" | "schedule.deleted" | "webhook.created" | "webhook.changed" | "webhook.deleted" | "webhook.tested" | "webhook.replayed" | "session.started" | "session.ended" | "sessions.revoked" | "login.failed";
                            /** @description Source address; only of logins. */
                            address: string | null;
                            /** Format: date-time */
                            at: string;
                            detail: string | null;
                            id: string;
                            /** @description `token:<name>`, `oidc:<name>`, `schedule:<name>`, `watcher` or `local`; null when unknown. */
                            principal: string | null;
                            requestId: string | null;
                            /** @description Role of the caller; null for the server itself. */
                            role: ("viewer" | "operator" | "admin") | null;
                            /** @description Id or name of the changed object. */
                            target: string | null;
                        }[];
                        page: {
                            limit: number;
                            nextCursor: string | null;
                        };
                    };
                };
            };
        };
    };
    listCapabilities: {
        parameters: {
            query?: {
                cluster?: string;
                complexity?: "low" | "medium" | "high";
                cursor?: string;
                /** @description API group; empty for the core group. */
                group?: string;
                limit?: number;
                /** @description Only answers with low confidence. */
                lowConfidence?: string;
                minConfidence?: number;
                /** @description Cloud, vendor or project; case-insensitive. */
                provider?: string;
                scope?: "Namespaced" | "Cluster";
                /** @description Source of the answer: a model, the curated answers, rules (a guess), or the override of a person. */
                source?: "model" | "curated" | "rules" | "override";
                stale?: string;
                /** @description Only answers that may have followed instructions in their definition (prompt injection). */
                suspicious?: string;
            };
            header?: {
                /** @description Id of the request in logs and in the response. Any other value is replaced. */
                "X-Request-Id"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request is invalid. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server or a dependency failed. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            /** @description Complexity it hides from the user, such as high availability or scheduling. */
                            abstractions: string[];
                            apiVersion: string;
                            /** @description Short noun phrases for what the type lets a user do, most important first. */
                            capabilities: string[];
                            categories: string[];
                            cluster: string;
                            /**
                             * @description How hard it is to use: low stands alone, high needs many other resources.
                             * @enum {string}
                             */
                            complexity: "low" | "medium" | "high";
                            /** @description How well the definition supports this answer. */
                            confidence: number;
                            /** @description One or two plain sentences. */
                            description: string;
                            group: string;
                            /** Format: uuid */
                            id: string;
                            kind: string;
                            lowConfidence: boolean;
                            /** @default null */
                            override: {
                                /** Format: date-time */
                                at: string;
                                by: string;
                                fields: {
                                    /** @description Complexity it hides from the user, such as high availability or scheduling. */
                                    abstractions?: string[];
                                    /** @description Short noun phrases for what the type lets a user do, most important first. */
                                    capabilities?: string[];
                                    /**
                                     * @description How hard it is to use: low stands alone, high needs many other resources.
                                     * @enum {string}
                                     */
                                    complexity?: "low" | "medium" | "high";
                                    /** @description How well the definition supports this answer. */
                                    confidence?: number;
                                    /** @description One or two plain sentences. */
                                    description?: string;
                                    /** @description Clouds, vendors or projects it works with; empty when it is independent of any. */
                                    providers?: string[];
                                    /** @description Phrases that a user types who needs the type and does not know its name. */
                                    searchPhrases?: string[];
                                    /** @description When to use the type. */
                                    useCase?: string;
                                };
                                inferred: {
                                    /** @description Complexity it hides from the user, such as high availability or scheduling. */
                                    abstractions?: string[];
                                    /** @description Short noun phrases for what the type lets a user do, most important first. */
                                    capabilities?: string[];
                                    /**
                                     * @description How hard it is to use: low stands alone, high needs many other resources.
                                     * @enum {string}
                                     */
                                    complexity?: "low" | "medium" | "high";
                                    /** @description How well the definition supports this answer. */
                                    confidence?: number;
                                    /** @description One or two plain sentences. */
                                    description?: string;
                                    /** @description Clouds, vendors or projects it works with; empty when it is independent of any. */
                                    providers?: string[];
                                    /** @description Phrases that a user types who needs the type and does not know its name. */
                                    searchPhrases?: string[];
                                    /** @description When to use the type; empty in a rule-based answer and in some curated answers. */
                                    useCase?: string;
                                };
                                note: string | null;
                            } | null;
                            /** @default [] */
                            printerColumns: {
                                description?: string;
                                jsonPath: string;
                                name: string;
                                priority?: number;
                                type: string;
                            }[];
                            provenance: {
                                /** Format: date-time */
                                asOf?: string;
                                /** @default null */
                                attempt: number | null;
                                contentKey: string;
                                definitionHash: string;
                                durationMs: number;
                                /** Format: date-time */
                                inferredAt: string;
                                model: string;
                                promptVersion: string;
                                provider: string;
                                scanId: string;
                                /** @default 0 */
                                sharedWith: number;
                                truncated: boolean;
                                usage: {
                                    cachedTokens: number;
                                    estimatedTokens?: number;
                                    inputTokens: number;
                                    outputTokens: number;
                                };
                                /** @default null */
                                worker: string | null;
                            };
                            /** @description Clouds, vendors or projects it works with; empty when it is independent of any. */
                            providers: string[];
                            resource: string;
                            /** @enum {string} */
                            scope: "Namespaced" | "Cluster";
                            /** @description Phrases that a user types who needs the type and does not know its name. */
                            searchPhrases: string[];
                            shortNames: string[];
                            /**
                             * @description Source of the answer: a model, the curated answers, rules (a guess), or the override of a person.
                             * @enum {string}
                             */
                            source: "model" | "curated" | "rules" | "override";
                            stale: boolean;
                            /** @default [] */
                            suspicions: {
                                excerpt: string;
                                /** @enum {string} */
                                in: "definition" | "answer";
                                /** @enum {string} */
                                kind: "instruction" | "markup" | "link" | "encoded" | "hidden_characters" | "unknown_words";
                            }[];
                            /** @description When to use the type; empty in a rule-based answer and in some curated answers. */
                            useCase: string;
                            verbs: string[];
                            version: string;
                        }[];
                        page: {
                            limit: number;
                            nextCursor: string | null;
                        };
                    };
                };
            };
        };
    };
    getCapability: {
        parameters: {
            query?: {
                cluster?: string;
            };
            header?: {
                /** @description ETag of an earlier response. The response is 304 if it is still valid. */
                "If-None-Match"?: string;
                /** @description Id of the request in logs and in the response. Any other value is replaced. */
                "X-Request-Id"?: string;
            };
            path: {
                resource: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request is invalid. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server or a dependency failed. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description Complexity it hides from the user, such as high availability or scheduling. */
                        abstractions: string[];
                        apiVersion: string;
                        /** @description Short noun phrases for what the type lets a user do, most important first. */
                        capabilities: string[];
                        categories: string[];
                        cluster: string;
                        /**
                         * @description How hard it is to use: low stands alone, high needs many other resources.
                         * @enum {string}
                         */
                        complexity: "low" | "medium" | "high";
                        /** @description How well the definition supports this answer. */
                        confidence: number;
                        /** @description One or two plain sentences. */
                        description: string;
                        group: string;
                        /** Format: uuid */
                        id: string;
                        kind: string;
                        lowConfidence: boolean;
                        /** @default null */
                        override: {
                            /** Format: date-time */
                            at: string;
                            by: string;
                            fields: {
                                /** @description Complexity it hides from the user, such as high availability or scheduling. */
                                abstractions?: string[];
                                /** @description Short noun phrases for what the type lets a user do, most important first. */
                                capabilities?: string[];
                                /**
                                 * @description How hard it is to use: low stands alone, high needs many other resources.
                                 * @enum {string}
                                 */
                                complexity?: "low" | "medium" | "high";
                                /** @description How well the definition supports this answer. */
                                confidence?: number;
                                /** @description One or two plain sentences. */
                                description?: string;
                                /** @description Clouds, vendors or projects it works with; empty when it is independent of any. */
                                providers?: string[];
                                /** @description Phrases that a user types who needs the type and does not know its name. */
                                searchPhrases?: string[];
                                /** @description When to use the type. */
                                useCase?: string;
                            };
                            inferred: {
                                /** @description Complexity it hides from the user, such as high availability or scheduling. */
                                abstractions?: string[];
                                /** @description Short noun phrases for what the type lets a user do, most important first. */
                                capabilities?: string[];
                                /**
                                 * @description How hard it is to use: low stands alone, high needs many other resources.
                                 * @enum {string}
                                 */
                                complexity?: "low" | "medium" | "high";
                                /** @description How well the definition supports this answer. */
                                confidence?: number;
                                /** @description One or two plain sentences. */
                                description?: string;
                                /** @description Clouds, vendors or projects it works with; empty when it is independent of any. */
                                providers?: string[];
                                /** @description Phrases that a user types who needs the type and does not know its name. */
                                searchPhrases?: string[];
                                /** @description When to use the type; empty in a rule-based answer and in some curated answers. */
                                useCase?: string;
                            };
                            note: string | null;
                        } | null;
                        /** @default [] */
                        printerColumns: {
                            description?: string;
                            jsonPath: string;
                            name: string;
                            priority?: number;
                            type: string;
                        }[];
                        provenance: {
                            /** Format: date-time */
                            asOf?: string;
                            /** @default null */
                            attempt: number | null;
                            contentKey: string;
                            definitionHash: string;
                            durationMs: number;
                            /** Format: date-time */
                            inferredAt: string;
                            model: string;
                            promptVersion: string;
                            provider: string;
                            scanId: string;
                            /** @default 0 */
                            sharedWith: number;
                            truncated: boolean;
                            usage: {
                                cachedTokens: number;
                                estimatedTokens?: number;
                                inputTokens: number;
                                outputTokens: number;
                            };
                            /** @default null */
                            worker: string | null;
                        };
                        /** @description Clouds, vendors or projects it works with; empty when it is independent of any. */
                        providers: string[];
                        resource: string;
                        /** @enum {string} */
                        scope: "Namespaced" | "Cluster";
                        /** @description Phrases that a user types who needs the type and does not know its name. */
                        searchPhrases: string[];
                        shortNames: string[];
                        /**
                         * @description Source of the answer: a model, the curated answers, rules (a guess), or the override of a person.
                         * @enum {string}
                         */
                        source: "model" | "curated" | "rules" | "override";
                        stale: boolean;
                        /** @default [] */
                        suspicions: {
                            excerpt: string;
                            /** @enum {string} */
                            in: "definition" | "answer";
                            /** @enum {string} */
                            kind: "instruction" | "markup" | "link" | "encoded" | "hidden_characters" | "unknown_words";
                        }[];
                        /** @description When to use the type; empty in a rule-based answer and in some curated answers. */
                        useCase: string;
                        verbs: string[];
                        version: string;
                    };
                };
            };
            /** @description Not modified. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    deleteCapability: {
        parameters: {
            query?: {
                cluster?: string;
            };
            header?: {
                /** @description Id of the request in logs and in the response. Any other value is replaced. */
                "X-Request-Id"?: string;
            };
            path: {
                resource: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request is invalid. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server or a dependency failed. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Removed. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    setCapabilityOverride: {
        parameters: {
            query?: {
                cluster?: string;
            };
            header?: {
                /** @description Id of the request in logs and in the response. Any other value is replaced. */
                "X-Request-Id"?: string;
            };
            path: {
                resource: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Fields that replace inferred values. Other fields keep their inferred value. */
                    fields: {
                        /** @description Complexity it hides from the user, such as high availability or scheduling. */
                        abstractions?: string[];
                        /** @description Short noun phrases for what the type lets a user do, most important first. */
                        capabilities?: string[];
                        /**
                         * @description How hard it is to use: low stands alone, high needs many other resources.
                         * @enum {string}
                         */
                        complexity?: "low" | "medium" | "high";
                        /** @description How well the definition supports this answer. */
                        confidence?: number;
                        /** @description One or two plain sentences. */
                        description?: string;
                        /** @description Clouds, vendors or projects it works with; empty when it is independent of any. */
                        providers?: string[];
                        /** @description Phrases that a user types who needs the type and does not know its name. */
                        searchPhrases?: string[];
                        /** @description When to use the type. */
                        useCase?: string;
                    };
                    /**
                     * @description Reason for the override.
                     * @default null
                     */
                    note?: string | null;
                };
            };
        };
        responses: {
            /** @description The request is invalid. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server or a dependency failed. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description Complexity it hides from the user, such as high availability or scheduling. */
                        abstractions: string[];
                        apiVersion: string;
                        /** @description Short noun phrases for what the type lets a user do, most important first. */
                        capabilities: string[];
                        categories: string[];
                        cluster: string;
                        /**
                         * @description How hard it is to use: low stands alone, high needs many other resources.
                         * @enum {string}
                         */
                        complexity: "low" | "medium" | "high";
                        /** @description How well the definition supports this answer. */
                        confidence: number;
                        /** @description One or two plain sentences. */
                        description: string;
                        group: string;
                        /** Format: uuid */
                        id: string;
                        kind: string;
                        lowConfidence: boolean;
                        /** @default null */
                        override: {
                            /** Format: date-time */
                            at: string;
                            by: string;
                            fields: {
                                /** @description Complexity it hides from the user, such as high availability or scheduling. */
                                abstractions?: string[];
                                /** @description Short noun phrases for what the type lets a user do, most important first. */
                                capabilities?: string[];
                                /**
                                 * @description How hard it is to use: low stands alone, high needs many other resources.
                                 * @enum {string}
                                 */
                                complexity?: "low" | "medium" | "high";
                                /** @description How well the definition supports this answer. */
                                confidence?: number;
                                /** @description One or two plain sentences. */
                                description?: string;
                                /** @description Clouds, vendors or projects it works with; empty when it is independent of any. */
                                providers?: string[];
                                /** @description Phrases that a user types who needs the type and does not know its name. */
                                searchPhrases?: string[];
                                /** @description When to use the type. */
                                useCase?: string;
                            };
                            inferred: {
                                /** @description Complexity it hides from the user, such as high availability or scheduling. */
                                abstractions?: string[];
                                /** @description Short noun phrases for what the type lets a user do, most important first. */
                                capabilities?: string[];
                                /**
                                 * @description How hard it is to use: low stands alone, high needs many other resources.
                                 * @enum {string}
                                 */
                                complexity?: "low" | "medium" | "high";
                                /** @description How well the definition supports this answer. */
                                confidence?: number;
                                /** @description One or two plain sentences. */
                                description?: string;
                                /** @description Clouds, vendors or projects it works with; empty when it is independent of any. */
                                providers?: string[];
                                /** @description Phrases that a user types who needs the type and does not know its name. */
                                searchPhrases?: string[];
                                /** @description When to use the type; empty in a rule-based answer and in some curated answers. */
                                useCase?: string;
                            };
                            note: string | null;
                        } | null;
                        /** @default [] */
                        printerColumns: {
                            description?: string;
                            jsonPath: string;
                            name: string;
                            priority?: number;
                            type: string;
                        }[];
                        provenance: {
                            /** Format: date-time */
                            asOf?: string;
                            /** @default null */
                            attempt: number | null;
                            contentKey: string;
                            definitionHash: string;
                            durationMs: number;
                            /** Format: date-time */
                            inferredAt: string;
                            model: string;
                            promptVersion: string;
                            provider: string;
                            scanId: string;
                            /** @default 0 */
                            sharedWith: number;
                            truncated: boolean;
                            usage: {
                                cachedTokens: number;
                                estimatedTokens?: number;
                                inputTokens: number;
                                outputTokens: number;
                            };
                            /** @default null */
                            worker: string | null;
                        };
                        /** @description Clouds, vendors or projects it works with; empty when it is independent of any. */
                        providers: string[];
                        resource: string;
                        /** @enum {string} */
                        scope: "Namespaced" | "Cluster";
                        /** @description Phrases that a user types who needs the type and does not know its name. */
                        searchPhrases: string[];
                        shortNames: string[];
                        /**
                         * @description Source of the answer: a model, the curated answers, rules (a guess), or the override of a person.
                         * @enum {string}
                         */
                        source: "model" | "curated" | "rules" | "override";
                        stale: boolean;
                        /** @default [] */
                        suspicions: {
                            excerpt: string;
                            /** @enum {string} */
                            in: "definition" | "answer";
                            /** @enum {string} */
                            kind: "instruction" | "markup" | "link" | "encoded" | "hidden_characters" | "unknown_words";
                        }[];
                        /** @description When to use the type; empty in a rule-based answer and in some curated answers. */
                        useCase: string;
                        verbs: string[];
                        version: string;
                    };
                };
            };
        };
    };
    deleteCapabilityOverride: {
        parameters: {
            query?: {
                cluster?: string;
            };
            header?: {
                /** @description Id of the request in logs and in the response. Any other value is replaced. */
                "X-Request-Id"?: string;
            };
            path: {
                resource: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request is invalid. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server or a dependency failed. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The type has no override. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    compareCapabilities: {
        parameters: {
            query: {
                cluster: string;
                cursor?: string;
                limit?: number;
                /** @description Only types of `cluster` alone, of `with` alone, or of both with different answers. */
                only?: "cluster" | "with" | "different";
                /** @description The other cluster. */
                with: string;
            };
            header?: {
                /** @description Id of the request in logs and in the response. Any other value is replaced. */
                "X-Request-Id"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request is invalid. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server or a dependency failed. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        counts: {
                            cluster: number;
                            different: number;
                            same: number;
                            with: number;
                        };
                        data: {
                            cluster: {
                                /** @description Complexity it hides from the user, such as high availability or scheduling. */
                                abstractions: string[];
                                apiVersion: string;
                                /** @description Short noun phrases for what the type lets a user do, most important first. */
                                capabilities: string[];
                                categories: string[];
                                cluster: string;
                                /**
                                 * @description How hard it is to use: low stands alone, high needs many other resources.
                                 * @enum {string}
                                 */
                                complexity: "low" | "medium" | "high";
                                /** @description How well the definition supports this answer. */
                                confidence: number;
                                /** @description One or two plain sentences. */
                                description: string;
                                group: string;
                                /** Format: uuid */
                                id: string;
                                kind: string;
                                lowConfidence: boolean;
                                /** @default null */
                                override: {
                                    /** Format: date-time */
                                    at: string;
                                    by: string;
                                    fields: {
                                        /** @description Complexity it hides from the user, such as high availability or scheduling. */
                                        abstractions?: string[];
                                        /** @description Short noun phrases for what the type lets a user do, most important first. */
                                        capabilities?: string[];
                                        /**
                                         * @description How hard it is to use: low stands alone, high needs many other resources.
                                         * @enum {string}
                                         */
                                        complexity?: "low" | "medium" | "high";
                                        /** @description How well the definition supports this answer. */
                                        confidence?: number;
                                        /** @description One or two plain sentences. */
                                        description?: string;
                                        /** @description Clouds, vendors or projects it works with; empty when it is independent of any. */
                                        providers?: string[];
                                        /** @description Phrases that a user types who needs the type and does not know its name. */
                                        searchPhrases?: string[];
                                        /** @description When to use the type. */
                                        useCase?: string;
                                    };
                                    inferred: {
                                        /** @description Complexity it hides from the user, such as high availability or scheduling. */
                                        abstractions?: string[];
                                        /** @description Short noun phrases for what the type lets a user do, most important first. */
                                        capabilities?: string[];
                                        /**
                                         * @description How hard it is to use: low stands alone, high needs many other resources.
                                         * @enum {string}
                                         */
                                        complexity?: "low" | "medium" | "high";
                                        /** @description How well the definition supports this answer. */
                                        confidence?: number;
                                        /** @description One or two plain sentences. */
                                        description?: string;
                                        /** @description Clouds, vendors or projects it works with; empty when it is independent of any. */
                                        providers?: string[];
                                        /** @description Phrases that a user types who needs the type and does not know its name. */
                                        searchPhrases?: string[];
                                        /** @description When to use the type; empty in a rule-based answer and in some curated answers. */
                                        useCase?: string;
                                    };
                                    note: string | null;
                                } | null;
                                /** @default [] */
                                printerColumns: {
                                    description?: string;
                                    jsonPath: string;
                                    name: string;
                                    priority?: number;
                                    type: string;
                                }[];
                                provenance: {
                                    /** Format: date-time */
                                    asOf?: string;
                                    /** @default null */
                                    attempt: number | null;
                                    contentKey: string;
                                    definitionHash: string;
                                    durationMs: number;
                                    /** Format: date-time */
                                    inferredAt: string;
                                    model: string;
                                    promptVersion: string;
                                    provider: string;
                                    scanId: string;
                                    /** @default 0 */
                                    sharedWith: number;
                                    truncated: boolean;
                                    usage: {
                                        cachedTokens: number;
                                        estimatedTokens?: number;
                                        inputTokens: number;
                                        outputTokens: number;
                                    };
                                    /** @default null */
                                    worker: string | null;
                                };
                                /** @description Clouds, vendors or projects it works with; empty when it is independent of any. */
                                providers: string[];
                                resource: string;
                                /** @enum {string} */
                                scope: "Namespaced" | "Cluster";
                                /** @description Phrases that a user types who needs the type and does not know its name. */
                                searchPhrases: string[];
                                shortNames: string[];
                                /**
                                 * @description Source of the answer: a model, the curated answers, rules (a guess), or the override of a person.
                                 * @enum {string}
                                 */
                                source: "model" | "curated" | "rules" | "override";
                                stale: boolean;
                                /** @default [] */
                                suspicions: {
                                    excerpt: string;
                                    /** @enum {string} */
                                    in: "definition" | "answer";
                                    /** @enum {string} */
                                    kind: "instruction" | "markup" | "link" | "encoded" | "hidden_characters" | "unknown_words";
                                }[];
                                /** @description When to use the type; empty in a rule-based answer and in some curated answers. */
                                useCase: string;
                                verbs: string[];
                                version: string;
                            } | null;
                            fields: string[];
                            resource: string;
                            with: {
                                /** @description Complexity it hides from the user, such as high availability or scheduling. */
                                abstractions: string[];
                                apiVersion: string;
                                /** @description Short noun phrases for what the type lets a user do, most important first. */
                                capabilities: string[];
                                categories: string[];
                                cluster: string;
                                /**
                                 * @description How hard it is to use: low stands alone, high needs many other resources.
                                 * @enum {string}
                                 */
                                complexity: "low" | "medium" | "high";
                                /** @description How well the definition supports this answer. */
                                confidence: number;
                                /** @description One or two plain sentences. */
                                description: string;
                                group: string;
                                /** Format: uuid */
                                id: string;
                                kind: string;
                                lowConfidence: boolean;
                                /** @default null */
                                override: {
                                    /** Format: date-time */
                                    at: string;
                                    by: string;
                                    fields: {
                                        /** @description Complexity it hides from the user, such as high availability or scheduling. */
                                        abstractions?: string[];
                                        /** @description Short noun phrases for what the type lets a user do, most important first. */
                                        capabilities?: string[];
                                        /**
                                         * @description How hard it is to use: low stands alone, high needs many other resources.
                                         * @enum {string}
                                         */
                                        complexity?: "low" | "medium" | "high";
                                        /** @description How well the definition supports this answer. */
                                        confidence?: number;
                                        /** @description One or two plain sentences. */
                                        description?: string;
                                        /** @description Clouds, vendors or projects it works with; empty when it is independent of any. */
                                        providers?: string[];
                                        /** @description Phrases that a user types who needs the type and does not know its name. */
                                        searchPhrases?: string[];
                                        /** @description When to use the type. */
                                        useCase?: string;
                                    };
                                    inferred: {
                                        /** @description Complexity it hides from the user, such as high availability or scheduling. */
                                        abstractions?: string[];
                                        /** @description Short noun phrases for what the type lets a user do, most important first. */
                                        capabilities?: string[];
                                        /**
                                         * @description How hard it is to use: low stands alone, high needs many other resources.
                                         * @enum {string}
                                         */
                                        complexity?: "low" | "medium" | "high";
                                        /** @description How well the definition supports this answer. */
                                        confidence?: number;
                                        /** @description One or two plain sentences. */
                                        description?: string;
                                        /** @description Clouds, vendors or projects it works with; empty when it is independent of any. */
                                        providers?: string[];
                                        /** @description Phrases that a user types who needs the type and does not know its name. */
                                        searchPhrases?: string[];
                                        /** @description When to use the type; empty in a rule-based answer and in some curated answers. */
                                        useCase?: string;
                                    };
                                    note: string | null;
                                } | null;
                                /** @default [] */
                                printerColumns: {
                                    description?: string;
                                    jsonPath: string;
                                    name: string;
                                    priority?: number;
                                    type: string;
                                }[];
                                provenance: {
                                    /** Format: date-time */
                                    asOf?: string;
                                    /** @default null */
                                    attempt: number | null;
                                    contentKey: string;
                                    definitionHash: string;
                                    durationMs: number;
                                    /** Format: date-time */
                                    inferredAt: string;
                                    model: string;
                                    promptVersion: string;
                                    provider: string;
                                    scanId: string;
                                    /** @default 0 */
                                    sharedWith: number;
                                    truncated: boolean;
                                    usage: {
                                        cachedTokens: number;
                                        estimatedTokens?: number;
                                        inputTokens: number;
                                        outputTokens: number;
                                    };
                                    /** @default null */
                                    worker: string | null;
                                };
                                /** @description Clouds, vendors or projects it works with; empty when it is independent of any. */
                                providers: string[];
                                resource: string;
                                /** @enum {string} */
                                scope: "Namespaced" | "Cluster";
                                /** @description Phrases that a user types who needs the type and does not know its name. */
                                searchPhrases: string[];
                                shortNames: string[];
                                /**
                                 * @description Source of the answer: a model, the curated answers, rules (a guess), or the override of a person.
                                 * @enum {string}
                                 */
                                source: "model" | "curated" | "rules" | "override";
                                stale: boolean;
                                /** @default [] */
                                suspicions: {
                                    excerpt: string;
                                    /** @enum {string} */
                                    in: "definition" | "answer";
                                    /** @enum {string} */
                                    kind: "instruction" | "markup" | "link" | "encoded" | "hidden_characters" | "unknown_words";
                                }[];
                                /** @description When to use the type; empty in a rule-based answer and in some curated answers. */
                                useCase: string;
                                verbs: string[];
                                version: string;
                            } | null;
                        }[];
                        page: {
                            limit: number;
                            nextCursor: string | null;
                        };
                    };
                };
            };
        };
    };
    exportCapabilities: {
        parameters: {
            query?: {
                cluster?: string;
                complexity?: "low" | "medium" | "high";
                /** @description Takes precedence over the Accept header. */
                format?: "ndjson" | "json" | "csv" | "yaml" | "md";
                /** @description API group; empty for the core group. */
                group?: string;
                /** @description Only answers with low confidence. */
                lowConfidence?: string;
                minConfidence?: number;
                /** @description Cloud, vendor or project; case-insensitive. */
                provider?: string;
                scope?: "Namespaced" | "Cluster";
                /** @description Source of the answer: a model, the curated answers, rules (a guess), or the override of a person. */
                source?: "model" | "curated" | "rules" | "override";
                stale?: string;
                /** @description Only answers that may have followed instructions in their definition (prompt injection). */
                suspicious?: string;
            };
            header?: {
                /** @description Id of the request in logs and in the response. Any other value is replaced. */
                "X-Request-Id"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request is invalid. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server or a dependency failed. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description All matching rows. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description Complexity it hides from the user, such as high availability or scheduling. */
                        abstractions: string[];
                        apiVersion: string;
                        /** @description Short noun phrases for what the type lets a user do, most important first. */
                        capabilities: string[];
                        categories: string[];
                        cluster: string;
                        /**
                         * @description How hard it is to use: low stands alone, high needs many other resources.
                         * @enum {string}
                         */
                        complexity: "low" | "medium" | "high";
                        /** @description How well the definition supports this answer. */
                        confidence: number;
                        /** @description One or two plain sentences. */
                        description: string;
                        group: string;
                        /** Format: uuid */
                        id: string;
                        kind: string;
                        lowConfidence: boolean;
                        /** @default null */
                        override: {
                            /** Format: date-time */
                            at: string;
                            by: string;
                            fields: {
                                /** @description Complexity it hides from the user, such as high availability or scheduling. */
                                abstractions?: string[];
                                /** @description Short noun phrases for what the type lets a user do, most important first. */
                                capabilities?: string[];
                                /**
                                 * @description How hard it is to use: low stands alone, high needs many other resources.
                                 * @enum {string}
                                 */
                                complexity?: "low" | "medium" | "high";
                                /** @description How well the definition supports this answer. */
                                confidence?: number;
                                /** @description One or two plain sentences. */
                                description?: string;
                                /** @description Clouds, vendors or projects it works with; empty when it is independent of any. */
                                providers?: string[];
                                /** @description Phrases that a user types who needs the type and does not know its name. */
                                searchPhrases?: string[];
                                /** @description When to use the type. */
                                useCase?: string;
                            };
                            inferred: {
                                /** @description Complexity it hides from the user, such as high availability or scheduling. */
                                abstractions?: string[];
                                /** @description Short noun phrases for what the type lets a user do, most important first. */
                                capabilities?: string[];
                                /**
                                 * @description How hard it is to use: low stands alone, high needs many other resources.
                                 * @enum {string}
                                 */
                                complexity?: "low" | "medium" | "high";
                                /** @description How well the definition supports this answer. */
                                confidence?: number;
                                /** @description One or two plain sentences. */
                                description?: string;
                                /** @description Clouds, vendors or projects it works with; empty when it is independent of any. */
                                providers?: string[];
                                /** @description Phrases that a user types who needs the type and does not know its name. */
                                searchPhrases?: string[];
                                /** @description When to use the type; empty in a rule-based answer and in some curated answers. */
                                useCase?: string;
                            };
                            note: string | null;
                        } | null;
                        /** @default [] */
                        printerColumns: {
                            description?: string;
                            jsonPath: string;
                            name: string;
                            priority?: number;
                            type: string;
                        }[];
                        provenance: {
                            /** Format: date-time */
                            asOf?: string;
                            /** @default null */
                            attempt: number | null;
                            contentKey: string;
                            definitionHash: string;
                            durationMs: number;
                            /** Format: date-time */
                            inferredAt: string;
                            model: string;
                            promptVersion: string;
                            provider: string;
                            scanId: string;
                            /** @default 0 */
                            sharedWith: number;
                            truncated: boolean;
                            usage: {
                                cachedTokens: number;
                                estimatedTokens?: number;
                                inputTokens: number;
                                outputTokens: number;
                            };
                            /** @default null */
                            worker: string | null;
                        };
                        /** @description Clouds, vendors or projects it works with; empty when it is independent of any. */
                        providers: string[];
                        resource: string;
                        /** @enum {string} */
                        scope: "Namespaced" | "Cluster";
                        /** @description Phrases that a user types who needs the type and does not know its name. */
                        searchPhrases: string[];
                        shortNames: string[];
                        /**
                         * @description Source of the answer: a model, the curated answers, rules (a guess), or the override of a person.
                         * @enum {string}
                         */
                        source: "model" | "curated" | "rules" | "override";
                        stale: boolean;
                        /** @default [] */
                        suspicions: {
                            excerpt: string;
                            /** @enum {string} */
                            in: "definition" | "answer";
                            /** @enum {string} */
                            kind: "instruction" | "markup" | "link" | "encoded" | "hidden_characters" | "unknown_words";
                        }[];
                        /** @description When to use the type; empty in a rule-based answer and in some curated answers. */
                        useCase: string;
                        verbs: string[];
                        version: string;
                    }[];
                    "application/x-ndjson": string;
                    "application/yaml": string;
                    "text/csv": string;
                    "text/markdown": string;
                };
            };
        };
    };
    countCapabilityFacets: {
        parameters: {
            query?: {
                cluster?: string;
                complexity?: "low" | "medium" | "high";
                /** @description API group; empty for the core group. */
                group?: string;
                /** @description Only answers with low confidence. */
                lowConfidence?: string;
                minConfidence?: number;
                /** @description Cloud, vendor or project; case-insensitive. */
                provider?: string;
                scope?: "Namespaced" | "Cluster";
                /** @description Source of the answer: a model, the curated answers, rules (a guess), or the override of a person. */
                source?: "model" | "curated" | "rules" | "override";
                stale?: string;
                /** @description Only answers that may have followed instructions in their definition (prompt injection). */
                suspicious?: string;
            };
            header?: {
                /** @description Id of the request in logs and in the response. Any other value is replaced. */
                "X-Request-Id"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request is invalid. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server or a dependency failed. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        clusters: {
                            [key: string]: number;
                        };
                        complexity: {
                            [key: string]: number;
                        };
                        groups: {
                            [key: string]: number;
                        };
                        lowConfidence: number;
                        providers: {
                            [key: string]: number;
                        };
                        scope: {
                            [key: string]: number;
                        };
                        sources: {
                            [key: string]: number;
                        };
                        stale: number;
                        suspicious: number;
                    };
                };
            };
        };
    };
    importCapabilities: {
        parameters: {
            query?: {
                /** @description Number of the first line, for the errors of a file in parts. */
                firstLine?: number;
            };
            header?: {
                /** @description Id of the request in logs and in the response. Any other value is replaced. */
                "X-Request-Id"?: string;
            };
            path?: never;
            cookie?: never;
        };
        /** @description One row per line, or a JSON list of rows, as in an export. */
        requestBody: {
            content: {
                "application/json": string | unknown[];
                "application/x-ndjson": string | unknown[];
            };
        };
        responses: {
            /** @description The request is invalid. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server or a dependency failed. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description Number of rows that were older than the row in the catalog. */
                        keptNewer: number;
                        /** @description Number of rows in the body. The catalog holds each of them, or a newer row. */
                        rows: number;
                    };
                };
            };
        };
    };
    getReindex: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the request in logs and in the response. Any other value is replaced. */
                "X-Request-Id"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request is invalid. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server or a dependency failed. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        done: number;
                        finishedAt: string | null;
                        /** @description Previous store, which still exists. */
                        previous: string | null;
                        problem: string | null;
                        /** Format: date-time */
                        startedAt: string;
                        /** @enum {string} */
                        status: "running" | "succeeded" | "failed";
                        /** @description Store that searches use now. */
                        store: string | null;
                        total: number | null;
                    };
                };
            };
        };
    };
    startReindex: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the request in logs and in the response. Any other value is replaced. */
                "X-Request-Id"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request is invalid. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server or a dependency failed. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        done: number;
                        finishedAt: string | null;
                        /** @description Previous store, which still exists. */
                        previous: string | null;
                        problem: string | null;
                        /** Format: date-time */
                        startedAt: string;
                        /** @enum {string} */
                        status: "running" | "succeeded" | "failed";
                        /** @description Store that searches use now. */
                        store: string | null;
                        total: number | null;
                    };
                };
            };
        };
    };
    listRemovedCapabilities: {
        parameters: {
            query?: {
                cluster?: string;
            };
            header?: {
                /** @description Id of the request in logs and in the response. Any other value is replaced. */
                "X-Request-Id"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request is invalid. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server or a dependency failed. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        cluster: string;
                        /** @description Number of types of the cluster in the catalog. */
                        known: number;
                        /** @description Whether the deletion exceeds a fifth of the known types and needs `force`. */
                        needsForce: boolean;
                        removed: {
                            resource: string;
                            stale: boolean;
                        }[];
                        /** @description API groups that did not answer. Their types do not count as removed. */
                        unavailable: {
                            group: string;
                            reason: string;
                        }[];
                        /** @description Checks that the service account may not make. */
                        warnings: string[];
                    };
                };
            };
        };
    };
    deleteRemovedCapabilities: {
        parameters: {
            query?: {
                cluster?: string;
                /** @description Delete even more than a fifth of the known types. */
                force?: string;
            };
            header?: {
                /** @description Id of the request in logs and in the response. Any other value is replaced. */
                "X-Request-Id"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request is invalid. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server or a dependency failed. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        cluster: string;
                        deleted: number;
                    };
                };
            };
        };
    };
    searchCapabilities: {
        parameters: {
            query?: {
                cluster?: string;
                complexity?: "low" | "medium" | "high";
                /** @description API group; empty for the core group. */
                group?: string;
                limit?: number;
                /** @description Only answers with low confidence. */
                lowConfidence?: string;
                minConfidence?: number;
                /** @description Leaves out hits with a lower score, 0 to 1. `facets` count all that was found all the same. */
                minScore?: number;
                /** @description Requested mode. `mode` of the response is the mode that was used. */
                mode?: "hybrid" | "semantic" | "keyword";
                /** @description Cloud, vendor or project; case-insensitive. */
                provider?: string;
                q?: string;
                scope?: "Namespaced" | "Cluster";
                /** @description Source of the answer: a model, the curated answers, rules (a guess), or the override of a person. */
                source?: "model" | "curated" | "rules" | "override";
                stale?: string;
                /** @description Only answers that may have followed instructions in their definition (prompt injection). */
                suspicious?: string;
            };
            header?: {
                /** @description Id of the request in logs and in the response. Any other value is replaced. */
                "X-Request-Id"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request is invalid. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server or a dependency failed. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description Strong matches first, in both parts best first. */
                        data: {
                            capability: {
                                /** @description Complexity it hides from the user, such as high availability or scheduling. */
                                abstractions: string[];
                                apiVersion: string;
                                /** @description Short noun phrases for what the type lets a user do, most important first. */
                                capabilities: string[];
                                categories: string[];
                                cluster: string;
                                /**
                                 * @description How hard it is to use: low stands alone, high needs many other resources.
                                 * @enum {string}
                                 */
                                complexity: "low" | "medium" | "high";
                                /** @description How well the definition supports this answer. */
                                confidence: number;
                                /** @description One or two plain sentences. */
                                description: string;
                                group: string;
                                /** Format: uuid */
                                id: string;
                                kind: string;
                                lowConfidence: boolean;
                                /** @default null */
                                override: {
                                    /** Format: date-time */
                                    at: string;
                                    by: string;
                                    fields: {
                                        /** @description Complexity it hides from the user, such as high availability or scheduling. */
                                        abstractions?: string[];
                                        /** @description Short noun phrases for what the type lets a user do, most important first. */
                                        capabilities?: string[];
                                        /**
                                         * @description How hard it is to use: low stands alone, high needs many other resources.
                                         * @enum {string}
                                         */
                                        complexity?: "low" | "medium" | "high";
                                        /** @description How well the definition supports this answer. */
                                        confidence?: number;
                                        /** @description One or two plain sentences. */
                                        description?: string;
                                        /** @description Clouds, vendors or projects it works with; empty when it is independent of any. */
                                        providers?: string[];
                                        /** @description Phrases that a user types who needs the type and does not know its name. */
                                        searchPhrases?: string[];
                                        /** @description When to use the type. */
                                        useCase?: string;
                                    };
                                    inferred: {
                                        /** @description Complexity it hides from the user, such as high availability or scheduling. */
                                        abstractions?: string[];
                                        /** @description Short noun phrases for what the type lets a user do, most important first. */
                                        capabilities?: string[];
                                        /**
                                         * @description How hard it is to use: low stands alone, high needs many other resources.
                                         * @enum {string}
                                         */
                                        complexity?: "low" | "medium" | "high";
                                        /** @description How well the definition supports this answer. */
                                        confidence?: number;
                                        /** @description One or two plain sentences. */
                                        description?: string;
                                        /** @description Clouds, vendors or projects it works with; empty when it is independent of any. */
                                        providers?: string[];
                                        /** @description Phrases that a user types who needs the type and does not know its name. */
                                        searchPhrases?: string[];
                                        /** @description When to use the type; empty in a rule-based answer and in some curated answers. */
                                        useCase?: string;
                                    };
                                    note: string | null;
                                } | null;
                                /** @default [] */
                                printerColumns: {
                                    description?: string;
                                    jsonPath: string;
                                    name: string;
                                    priority?: number;
                                    type: string;
                                }[];
                                provenance: {
                                    /** Format: date-time */
                                    asOf?: string;
                                    /** @default null */
                                    attempt: number | null;
                                    contentKey: string;
                                    definitionHash: string;
                                    durationMs: number;
                                    /** Format: date-time */
                                    inferredAt: string;
                                    model: string;
                                    promptVersion: string;
                                    provider: string;
                                    scanId: string;
                                    /** @default 0 */
                                    sharedWith: number;
                                    truncated: boolean;
                                    usage: {
                                        cachedTokens: number;
                                        estimatedTokens?: number;
                                        inputTokens: number;
                                        outputTokens: number;
                                    };
                                    /** @default null */
                                    worker: string | null;
                                };
                                /** @description Clouds, vendors or projects it works with; empty when it is independent of any. */
                                providers: string[];
                                resource: string;
                                /** @enum {string} */
                                scope: "Namespaced" | "Cluster";
                                /** @description Phrases that a user types who needs the type and does not know its name. */
                                searchPhrases: string[];
                                shortNames: string[];
                                /**
                                 * @description Source of the answer: a model, the curated answers, rules (a guess), or the override of a person.
                                 * @enum {string}
                                 */
                                source: "model" | "curated" | "rules" | "override";
                                stale: boolean;
                                /** @default [] */
                                suspicions: {
                                    excerpt: string;
                                    /** @enum {string} */
                                    in: "definition" | "answer";
                                    /** @enum {string} */
                                    kind: "instruction" | "markup" | "link" | "encoded" | "hidden_characters" | "unknown_words";
                                }[];
                                /** @description When to use the type; empty in a rule-based answer and in some curated answers. */
                                useCase: string;
                                verbs: string[];
                                version: string;
                            };
                            /** @description Fields that have a word or a synonym of the query. */
                            matched: string[];
                            /** @description How well the type answers the query, comparable between queries and catalogs. */
                            score: number;
                            /**
                             * @description `weak`: the type shares words with the query, and probably does something else.
                             * @enum {string}
                             */
                            strength: "strong" | "weak";
                        }[];
                        facets: {
                            clusters: {
                                [key: string]: number;
                            };
                            complexity: {
                                [key: string]: number;
                            };
                            groups: {
                                [key: string]: number;
                            };
                            lowConfidence: number;
                            providers: {
                                [key: string]: number;
                            };
                            scope: {
                                [key: string]: number;
                            };
                            sources: {
                                [key: string]: number;
                            };
                            stale: number;
                            suspicious: number;
                        };
                        /** @enum {string} */
                        mode: "hybrid" | "semantic" | "keyword";
                        /** @description Why another mode ran, what was not searched for, or that no match is strong. */
                        note: string | null;
                    };
                };
            };
        };
    };
    searchCapabilitiesWithBody: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the request in logs and in the response. Any other value is replaced. */
                "X-Request-Id"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @default {} */
                    filter?: {
                        cluster?: string;
                        /** @enum {string} */
                        complexity?: "low" | "medium" | "high";
                        /** @description API group; empty for the core group. */
                        group?: string;
                        lowConfidence?: boolean;
                        minConfidence?: number;
                        /** @description Cloud, vendor or project; case-insensitive. */
                        provider?: string;
                        /** @enum {string} */
                        scope?: "Namespaced" | "Cluster";
                        /**
                         * @description Source of the answer: a model, the curated answers, rules (a guess), or the override of a person.
                         * @enum {string}
                         */
                        source?: "model" | "curated" | "rules" | "override";
                        stale?: boolean;
                        suspicious?: boolean;
                    };
                    /** @default 10 */
                    limit?: number;
                    /** @description Leaves out hits with a lower score, 0 to 1. `facets` count all that was found all the same. */
                    minScore?: number;
                    /**
                     * @description Requested mode. `mode` of the response is the mode that was used.
                     * @default hybrid
                     * @enum {string}
                     */
                    mode?: "hybrid" | "semantic" | "keyword";
                    /** @default  */
                    q?: string;
                };
            };
        };
        responses: {
            /** @description The request is invalid. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server or a dependency failed. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description Strong matches first, in both parts best first. */
                        data: {
                            capability: {
                                /** @description Complexity it hides from the user, such as high availability or scheduling. */
                                abstractions: string[];
                                apiVersion: string;
                                /** @description Short noun phrases for what the type lets a user do, most important first. */
                                capabilities: string[];
                                categories: string[];
                                cluster: string;
                                /**
                                 * @description How hard it is to use: low stands alone, high needs many other resources.
                                 * @enum {string}
                                 */
                                complexity: "low" | "medium" | "high";
                                /** @description How well the definition supports this answer. */
                                confidence: number;
                                /** @description One or two plain sentences. */
                                description: string;
                                group: string;
                                /** Format: uuid */
                                id: string;
                                kind: string;
                                lowConfidence: boolean;
                                /** @default null */
                                override: {
                                    /** Format: date-time */
                                    at: string;
                                    by: string;
                                    fields: {
                                        /** @description Complexity it hides from the user, such as high availability or scheduling. */
                                        abstractions?: string[];
                                        /** @description Short noun phrases for what the type lets a user do, most important first. */
                                        capabilities?: string[];
                                        /**
                                         * @description How hard it is to use: low stands alone, high needs many other resources.
                                         * @enum {string}
                                         */
                                        complexity?: "low" | "medium" | "high";
                                        /** @description How well the definition supports this answer. */
                                        confidence?: number;
                                        /** @description One or two plain sentences. */
                                        description?: string;
                                        /** @description Clouds, vendors or projects it works with; empty when it is independent of any. */
                                        providers?: string[];
                                        /** @description Phrases that a user types who needs the type and does not know its name. */
                                        searchPhrases?: string[];
                                        /** @description When to use the type. */
                                        useCase?: string;
                                    };
                                    inferred: {
                                        /** @description Complexity it hides from the user, such as high availability or scheduling. */
                                        abstractions?: string[];
                                        /** @description Short noun phrases for what the type lets a user do, most important first. */
                                        capabilities?: string[];
                                        /**
                                         * @description How hard it is to use: low stands alone, high needs many other resources.
                                         * @enum {string}
                                         */
                                        complexity?: "low" | "medium" | "high";
                                        /** @description How well the definition supports this answer. */
                                        confidence?: number;
                                        /** @description One or two plain sentences. */
                                        description?: string;
                                        /** @description Clouds, vendors or projects it works with; empty when it is independent of any. */
                                        providers?: string[];
                                        /** @description Phrases that a user types who needs the type and does not know its name. */
                                        searchPhrases?: string[];
                                        /** @description When to use the type; empty in a rule-based answer and in some curated answers. */
                                        useCase?: string;
                                    };
                                    note: string | null;
                                } | null;
                                /** @default [] */
                                printerColumns: {
                                    description?: string;
                                    jsonPath: string;
                                    name: string;
                                    priority?: number;
                                    type: string;
                                }[];
                                provenance: {
                                    /** Format: date-time */
                                    asOf?: string;
                                    /** @default null */
                                    attempt: number | null;
                                    contentKey: string;
                                    definitionHash: string;
                                    durationMs: number;
                                    /** Format: date-time */
                                    inferredAt: string;
                                    model: string;
                                    promptVersion: string;
                                    provider: string;
                                    scanId: string;
                                    /** @default 0 */
                                    sharedWith: number;
                                    truncated: boolean;
                                    usage: {
                                        cachedTokens: number;
                                        estimatedTokens?: number;
                                        inputTokens: number;
                                        outputTokens: number;
                                    };
                                    /** @default null */
                                    worker: string | null;
                                };
                                /** @description Clouds, vendors or projects it works with; empty when it is independent of any. */
                                providers: string[];
                                resource: string;
                                /** @enum {string} */
                                scope: "Namespaced" | "Cluster";
                                /** @description Phrases that a user types who needs the type and does not know its name. */
                                searchPhrases: string[];
                                shortNames: string[];
                                /**
                                 * @description Source of the answer: a model, the curated answers, rules (a guess), or the override of a person.
                                 * @enum {string}
                                 */
                                source: "model" | "curated" | "rules" | "override";
                                stale: boolean;
                                /** @default [] */
                                suspicions: {
                                    excerpt: string;
                                    /** @enum {string} */
                                    in: "definition" | "answer";
                                    /** @enum {string} */
                                    kind: "instruction" | "markup" | "link" | "encoded" | "hidden_characters" | "unknown_words";
                                }[];
                                /** @description When to use the type; empty in a rule-based answer and in some curated answers. */
                                useCase: string;
                                verbs: string[];
                                version: string;
                            };
                            /** @description Fields that have a word or a synonym of the query. */
                            matched: string[];
                            /** @description How well the type answers the query, comparable between queries and catalogs. */
                            score: number;
                            /**
                             * @description `weak`: the type shares words with the query, and probably does something else.
                             * @enum {string}
                             */
                            strength: "strong" | "weak";
                        }[];
                        facets: {
                            clusters: {
                                [key: string]: number;
                            };
                            complexity: {
                                [key: string]: number;
                            };
                            groups: {
                                [key: string]: number;
                            };
                            lowConfidence: number;
                            providers: {
                                [key: string]: number;
                            };
                            scope: {
                                [key: string]: number;
                            };
                            sources: {
                                [key: string]: number;
                            };
                            stale: number;
                            suspicious: number;
                        };
                        /** @enum {string} */
                        mode: "hybrid" | "semantic" | "keyword";
                        /** @description Why another mode ran, what was not searched for, or that no match is strong. */
                        note: string | null;
                    };
                };
            };
        };
    };
    streamEvents: {
        parameters: {
            query?: {
                /** @description Last-Event-ID of clients that cannot set the header. */
                lastEventId?: string;
                /** @description `scans`, `queue`, `providers`, and `scan:<id>` for at most 8 scans, separated by commas. */
                topics?: string;
            };
            header?: {
                /** @description Id of the last received event. The stream continues after it. */
                "Last-Event-ID"?: string;
                /** @description Id of the request in logs and in the response. Any other value is replaced. */
                "X-Request-Id"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request is invalid. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server or a dependency failed. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A stream of events. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
        };
    };
    listNetworkTargets: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the request in logs and in the response. Any other value is replaced. */
                "X-Request-Id"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request is invalid. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server or a dependency failed. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            /** @description `api`, or the id of a worker. */
                            process: string;
                            /** @description host:port of its proxy; null: no proxy */
                            proxy: string | null;
                            /** @description The setting with the proxy, such as HTTPS_PROXY */
                            setting: string | null;
                            /** @description host:port */
                            target: string;
                            use: string;
                        }[];
                    };
                };
            };
        };
    };
    listProviders: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the request in logs and in the response. Any other value is replaced. */
                "X-Request-Id"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request is invalid. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server or a dependency failed. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description Spend of all scans today (UTC), and the daily limits. */
                        dailyBudget: {
                            /** @description Number of calls and batches that ended today. */
                            calls: number;
                            /** @description Null if the price of any token is unknown. */
                            costUsd: number | null;
                            /** @description Tokens that are estimates, because the provider did not report them. */
                            estimatedTokens: number;
                            /** @description Cost of the tokens with a known price. */
                            knownCostUsd: number;
                            maxCostUsd?: number;
                            maxTokens?: number;
                            /** @enum {string} */
                            pricing: "known" | "estimated" | "unknown";
                            reservedCostUsd: number;
                            /** @description Tokens reserved for running calls and batches. */
                            reservedTokens: number;
                            tokens: number;
                            /** @description Tokens with an unknown price. */
                            unpricedTokens: number;
                            /**
                             * Format: date-time
                             * @description End of the day: midnight UTC.
                             */
                            until: string;
                        };
                        data: {
                            /** @description Its accounts and their limits: each with its default model, with the models of live routes, and with every paused model. At most 200 over all providers. */
                            accounts: {
                                breaker: {
                                    forMs: number;
                                    /** @description Error that opened the breaker; null when closed. */
                                    reason: string | null;
                                    /** @enum {string} */
                                    state: "closed" | "open" | "half-open";
                                    unhealthyMs: number;
                                };
                                concurrency: {
                                    /** @description Error that lowered the limit, because calls fail more often at higher concurrency; null if none did. */
                                    decreaseReason: string | null;
                                    inFlight: number;
                                    limit: number;
                                };
                                /** @description Dialect of the endpoint for this model, learned from its responses; null before the first, and for embeddings. */
                                dialect: {
                                    /**
                                     * Format: date-time
                                     * @description Time of the last successful response in this dialect.
                                     */
                                    learnedAt: string;
                                    /**
                                     * @description The parameter for the maximum number of output tokens.
                                     * @enum {string}
                                     */
                                    limit: "max_tokens" | "max_completion_tokens";
                                    /**
                                     * @description Structured output mode: a strict JSON schema, a JSON schema, any JSON object, or the prompt alone.
                                     * @enum {string}
                                     */
                                    output: "strict_schema" | "schema" | "json_object" | "text";
                                    /**
                                     * @description Position of the instructions: in a system message, or in the user message.
                                     * @enum {string}
                                     */
                                    system: "system" | "user";
                                } | null;
                                /** @description Health of the calls; null for embeddings. */
                                health: {
                                    /** @description Last valid answer within a day, recorded at most once a minute. */
                                    answeredAt: string | null;
                                    /** @description Last failure within a day. */
                                    fault: {
                                        account: string;
                                        /** Format: date-time */
                                        at: string;
                                        hint?: string;
                                        kind?: string;
                                        /** @enum {string} */
                                        reason: "rate_limited" | "timeout" | "provider_error" | "provider_auth" | "provider_not_configured" | "quota_exhausted" | "invalid_output" | "refused" | "context_too_long" | "schema_unavailable" | "budget_exceeded" | "worker_lost" | "internal";
                                        title: string;
                                    } | null;
                                    /** @description Consecutive identical failures; 0 after a valid answer. */
                                    identical: number;
                                    /**
                                     * @description `misconfigured`: no valid answer yet and identical failures; `refused`: the provider rejects key, quota or model. In both states one call at a time is made.
                                     * @enum {string}
                                     */
                                    state: "answers" | "unproven" | "misconfigured" | "refused";
                                } | null;
                                /** @description Median latency of a call; null before the first. */
                                latencyMs: number | null;
                                limits: {
                                    [key: string]: {
                                        /** @description Available now; below 0 after a call that used more than reserved. */
                                        available: number;
                                        capacity: number;
                                        /** @description Limit a minute: configured, read from response headers, or learned from rejected calls. */
                                        limit: number;
                                    };
                                };
                                model: string;
                                name: string;
                                paused: {
                                    forMs: number;
                                    /** @description The cause, as reported by the provider. */
                                    reason: string;
                                } | null;
                                /**
                                 * @description Purpose of its calls: `models` analyze types, `embeddings` create vectors for the search.
                                 * @enum {string}
                                 */
                                purpose: "models" | "embeddings";
                                /** @description End of the pause or of the open breaker; null when calls may start. */
                                until: string | null;
                                /** @description Processes with calls in the wait queue. */
                                waiting: number;
                                /** @description Share of the load relative to other accounts of the provider. */
                                weight: number;
                            }[];
                            /** @description Whether a live worker serves it. */
                            configured: boolean;
                            /** @description Whether scans without a provider use it. */
                            default: boolean;
                            /** @description Whether its answers are rule-based, without a model. */
                            demo: boolean;
                            /** @description Base URLs of the workers, without those of the vendor. */
                            endpoints: string[];
                            /** @description Fallback models during an outage, in order. */
                            fallback: string[];
                            /** @enum {string} */
                            id: "anthropic" | "openai" | "demo";
                            /** @description Models of scans without a model. */
                            models: string[];
                            /** @description Known fault of its base URL or default model, and the setting to change; null if there is none. */
                            problem: {
                                detail: string;
                                hint: string;
                            } | null;
                            /** @description Number of live workers that serve it. */
                            workers: number;
                        }[];
                        /** @description Null without an embedding model: the search uses built-in features. */
                        embeddings: {
                            /** @description The account of its key, which the API holds. */
                            account: {
                                breaker: {
                                    forMs: number;
                                    /** @description Error that opened the breaker; null when closed. */
                                    reason: string | null;
                                    /** @enum {string} */
                                    state: "closed" | "open" | "half-open";
                                    unhealthyMs: number;
                                };
                                concurrency: {
                                    /** @description Error that lowered the limit, because calls fail more often at higher concurrency; null if none did. */
                                    decreaseReason: string | null;
                                    inFlight: number;
                                    limit: number;
                                };
                                /** @description Dialect of the endpoint for this model, learned from its responses; null before the first, and for embeddings. */
                                dialect: {
                                    /**
                                     * Format: date-time
                                     * @description Time of the last successful response in this dialect.
                                     */
                                    learnedAt: string;
                                    /**
                                     * @description The parameter for the maximum number of output tokens.
                                     * @enum {string}
                                     */
                                    limit: "max_tokens" | "max_completion_tokens";
                                    /**
                                     * @description Structured output mode: a strict JSON schema, a JSON schema, any JSON object, or the prompt alone.
                                     * @enum {string}
                                     */
                                    output: "strict_schema" | "schema" | "json_object" | "text";
                                    /**
                                     * @description Position of the instructions: in a system message, or in the user message.
                                     * @enum {string}
                                     */
                                    system: "system" | "user";
                                } | null;
                                /** @description Health of the calls; null for embeddings. */
                                health: {
                                    /** @description Last valid answer within a day, recorded at most once a minute. */
                                    answeredAt: string | null;
                                    /** @description Last failure within a day. */
                                    fault: {
                                        account: string;
                                        /** Format: date-time */
                                        at: string;
                                        hint?: string;
                                        kind?: string;
                                        /** @enum {string} */
                                        reason: "rate_limited" | "timeout" | "provider_error" | "provider_auth" | "provider_not_configured" | "quota_exhausted" | "invalid_output" | "refused" | "context_too_long" | "schema_unavailable" | "budget_exceeded" | "worker_lost" | "internal";
                                        title: string;
                                    } | null;
                                    /** @description Consecutive identical failures; 0 after a valid answer. */
                                    identical: number;
                                    /**
                                     * @description `misconfigured`: no valid answer yet and identical failures; `refused`: the provider rejects key, quota or model. In both states one call at a time is made.
                                     * @enum {string}
                                     */
                                    state: "answers" | "unproven" | "misconfigured" | "refused";
                                } | null;
                                /** @description Median latency of a call; null before the first. */
                                latencyMs: number | null;
                                limits: {
                                    [key: string]: {
                                        /** @description Available now; below 0 after a call that used more than reserved. */
                                        available: number;
                                        capacity: number;
                                        /** @description Limit a minute: configured, read from response headers, or learned from rejected calls. */
                                        limit: number;
                                    };
                                };
                                model: string;
                                name: string;
                                paused: {
                                    forMs: number;
                                    /** @description The cause, as reported by the provider. */
                                    reason: string;
                                } | null;
                                /**
                                 * @description Purpose of its calls: `models` analyze types, `embeddings` create vectors for the search.
                                 * @enum {string}
                                 */
                                purpose: "models" | "embeddings";
                                /** @description End of the pause or of the open breaker; null when calls may start. */
                                until: string | null;
                                /** @description Processes with calls in the wait queue. */
                                waiting: number;
                                /** @description Share of the load relative to other accounts of the provider. */
                                weight: number;
                            };
                            /** @description Length of the vectors. */
                            dimensions: number;
                            model: string;
                        } | null;
                    };
                };
            };
        };
    };
    getProvider: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the request in logs and in the response. Any other value is replaced. */
                "X-Request-Id"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request is invalid. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server or a dependency failed. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description Its accounts and their limits: each with its default model, with the models of live routes, and with every paused model. At most 200 over all providers. */
                        accounts: {
                            breaker: {
                                forMs: number;
                                /** @description Error that opened the breaker; null when closed. */
                                reason: string | null;
                                /** @enum {string} */
                                state: "closed" | "open" | "half-open";
                                unhealthyMs: number;
                            };
                            concurrency: {
                                /** @description Error that lowered the limit, because calls fail more often at higher concurrency; null if none did. */
                                decreaseReason: string | null;
                                inFlight: number;
                                limit: number;
                            };
                            /** @description Dialect of the endpoint for this model, learned from its responses; null before the first, and for embeddings. */
                            dialect: {
                                /**
                                 * Format: date-time
                                 * @description Time of the last successful response in this dialect.
                                 */
                                learnedAt: string;
                                /**
                                 * @description The parameter for the maximum number of output tokens.
                                 * @enum {string}
                                 */
                                limit: "max_tokens" | "max_completion_tokens";
                                /**
                                 * @description Structured output mode: a strict JSON schema, a JSON schema, any JSON object, or the prompt alone.
                                 * @enum {string}
                                 */
                                output: "strict_schema" | "schema" | "json_object" | "text";
                                /**
                                 * @description Position of the instructions: in a system message, or in the user message.
                                 * @enum {string}
                                 */
                                system: "system" | "user";
                            } | null;
                            /** @description Health of the calls; null for embeddings. */
                            health: {
                                /** @description Last valid answer within a day, recorded at most once a minute. */
                                answeredAt: string | null;
                                /** @description Last failure within a day. */
                                fault: {
                                    account: string;
                                    /** Format: date-time */
                                    at: string;
                                    hint?: string;
                                    kind?: string;
                                    /** @enum {string} */
                                    reason: "rate_limited" | "timeout" | "provider_error" | "provider_auth" | "provider_not_configured" | "quota_exhausted" | "invalid_output" | "refused" | "context_too_long" | "schema_unavailable" | "budget_exceeded" | "worker_lost" | "internal";
                                    title: string;
                                } | null;
                                /** @description Consecutive identical failures; 0 after a valid answer. */
                                identical: number;
                                /**
                                 * @description `misconfigured`: no valid answer yet and identical failures; `refused`: the provider rejects key, quota or model. In both states one call at a time is made.
                                 * @enum {string}
                                 */
                                state: "answers" | "unproven" | "misconfigured" | "refused";
                            } | null;
                            /** @description Median latency of a call; null before the first. */
                            latencyMs: number | null;
                            limits: {
                                [key: string]: {
                                    /** @description Available now; below 0 after a call that used more than reserved. */
                                    available: number;
                                    capacity: number;
                                    /** @description Limit a minute: configured, read from response headers, or learned from rejected calls. */
                                    limit: number;
                                };
                            };
                            model: string;
                            name: string;
                            paused: {
                                forMs: number;
                                /** @description The cause, as reported by the provider. */
                                reason: string;
                            } | null;
                            /**
                             * @description Purpose of its calls: `models` analyze types, `embeddings` create vectors for the search.
                             * @enum {string}
                             */
                            purpose: "models" | "embeddings";
                            /** @description End of the pause or of the open breaker; null when calls may start. */
                            until: string | null;
                            /** @description Processes with calls in the wait queue. */
                            waiting: number;
                            /** @description Share of the load relative to other accounts of the provider. */
                            weight: number;
                        }[];
                        /** @description Whether a live worker serves it. */
                        configured: boolean;
                        /** @description Whether scans without a provider use it. */
                        default: boolean;
                        /** @description Whether its answers are rule-based, without a model. */
                        demo: boolean;
                        /** @description Base URLs of the workers, without those of the vendor. */
                        endpoints: string[];
                        /** @description Fallback models during an outage, in order. */
                        fallback: string[];
                        /** @enum {string} */
                        id: "anthropic" | "openai" | "demo";
                        /** @description Models of scans without a model. */
                        models: string[];
                        /** @description Known fault of its base URL or default model, and the setting to change; null if there is none. */
                        problem: {
                            detail: string;
                            hint: string;
                        } | null;
                        /** @description Number of live workers that serve it. */
                        workers: number;
                    };
                };
            };
        };
    };
    resumeProvider: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the request in logs and in the response. Any other value is replaced. */
                "X-Request-Id"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Name of an account in GET /providers. Default: all accounts. */
                    account?: string;
                    /** @description Default: all models. */
                    model?: string;
                } | null;
            };
        };
        responses: {
            /** @description The request is invalid. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server or a dependency failed. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            account: string;
                            model: string;
                            /** @description The cause, as reported by the provider. */
                            reason: string;
                            /**
                             * Format: date-time
                             * @description When the pause would have expired.
                             */
                            until: string;
                        }[];
                    };
                };
            };
        };
    };
    testProvider: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the request in logs and in the response. Any other value is replaced. */
                "X-Request-Id"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Account to test, by its name in GET /providers. Default: the account with the most headroom. */
                    account?: string;
                    /** @description Default: the model of scans. */
                    model?: string;
                } | null;
            };
        };
        responses: {
            /** @description The request is invalid. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server or a dependency failed. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description The account of the call. Null for demo, which has no key. */
                        account: string | null;
                        costUsd: number | null;
                        /** @description True when the answers are rule-based, without a model. */
                        demo: boolean;
                        /** @description The dialect of the call. */
                        dialect?: {
                            /**
                             * @description The parameter for the maximum number of output tokens.
                             * @enum {string}
                             */
                            limit: "max_tokens" | "max_completion_tokens";
                            /**
                             * @description Structured output mode: a strict JSON schema, a JSON schema, any JSON object, or the prompt alone.
                             * @enum {string}
                             */
                            output: "strict_schema" | "schema" | "json_object" | "text";
                            /**
                             * @description Position of the instructions: in a system message, or in the user message.
                             * @enum {string}
                             */
                            system: "system" | "user";
                        };
                        /** @description Faults of the answer. A scan repairs them with a second call. */
                        faults: string[];
                        /** @description Duration of the call. */
                        latencyMs: number;
                        model: string;
                        /** @description True when the answer is valid, so that a scan with this key and model works. */
                        ok: boolean;
                        /** @enum {string} */
                        pricing: "known" | "estimated" | "unknown";
                        /** @enum {string} */
                        provider: "anthropic" | "openai" | "demo";
                        usage: {
                            cachedTokens: number;
                            estimatedTokens?: number;
                            inputTokens: number;
                            outputTokens: number;
                        };
                        /** @description Time that the call waited for admission. */
                        waitedMs: number;
                        /** @description The worker that made the call. Only workers have keys. */
                        worker: string;
                    };
                };
            };
        };
    };
    getQueue: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the request in logs and in the response. Any other value is replaced. */
                "X-Request-Id"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request is invalid. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server or a dependency failed. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        backlog: number;
                        /** @description Sum over all routes. */
                        counts: {
                            active: number;
                            completed: number;
                            delayed: number;
                            failed: number;
                            prioritized: number;
                            waiting: number;
                        };
                        /** @description Maximum over routes, because a process has separate slots on each. For KEDA metrics-api. */
                        desiredWorkers: number;
                        /** @description Whether the queues are paused. POST /queue/resume resumes them. */
                        paused: boolean;
                        providers: {
                            backlog: number;
                            desiredWorkers: number;
                            /** @enum {string} */
                            provider: "anthropic" | "openai" | "demo";
                            workers: number;
                        }[];
                        /** @description Live routes, each with one queue. */
                        routes: {
                            /** @description Unfinished jobs: waiting, prioritized, delayed and active. */
                            backlog: number;
                            counts: {
                                active: number;
                                completed: number;
                                delayed: number;
                                failed: number;
                                prioritized: number;
                                waiting: number;
                            };
                            /** @description Worker processes that the backlog can keep busy; at least 1 while a scan with execution batch is unfinished. */
                            desiredWorkers: number;
                            model: string;
                            /** @description Pause of the route. POST /providers/{id}/resume ends it. */
                            pause: {
                                account: string | null;
                                /** @description The cause, as reported by the provider where available. */
                                because: string;
                                model: string;
                                /** Format: date-time */
                                until: string;
                            } | null;
                            /** @enum {string} */
                            provider: "anthropic" | "openai" | "demo";
                            /** @description Name of the BullMQ queue. */
                            queue: string;
                            /** @description Rate limit of the queue. Null while the limits of its accounts are unknown. */
                            rateLimit: {
                                /** @description Time until the next job start; 0 while the limit is not reached. */
                                boundForMs: number;
                                /** @description Maximum number of job starts in one window. */
                                max: number;
                                windowMs: number;
                            } | null;
                            /** @description Number of live workers that serve its provider. */
                            workers: number;
                        }[];
                        /** @description Number of worker processes with a heartbeat within the last 20 s. */
                        workers: number;
                    };
                };
            };
        };
    };
    pauseQueues: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the request in logs and in the response. Any other value is replaced. */
                "X-Request-Id"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request is invalid. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server or a dependency failed. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        backlog: number;
                        /** @description Sum over all routes. */
                        counts: {
                            active: number;
                            completed: number;
                            delayed: number;
                            failed: number;
                            prioritized: number;
                            waiting: number;
                        };
                        /** @description Maximum over routes, because a process has separate slots on each. For KEDA metrics-api. */
                        desiredWorkers: number;
                        /** @description Whether the queues are paused. POST /queue/resume resumes them. */
                        paused: boolean;
                        providers: {
                            backlog: number;
                            desiredWorkers: number;
                            /** @enum {string} */
                            provider: "anthropic" | "openai" | "demo";
                            workers: number;
                        }[];
                        /** @description Live routes, each with one queue. */
                        routes: {
                            /** @description Unfinished jobs: waiting, prioritized, delayed and active. */
                            backlog: number;
                            counts: {
                                active: number;
                                completed: number;
                                delayed: number;
                                failed: number;
                                prioritized: number;
                                waiting: number;
                            };
                            /** @description Worker processes that the backlog can keep busy; at least 1 while a scan with execution batch is unfinished. */
                            desiredWorkers: number;
                            model: string;
                            /** @description Pause of the route. POST /providers/{id}/resume ends it. */
                            pause: {
                                account: string | null;
                                /** @description The cause, as reported by the provider where available. */
                                because: string;
                                model: string;
                                /** Format: date-time */
                                until: string;
                            } | null;
                            /** @enum {string} */
                            provider: "anthropic" | "openai" | "demo";
                            /** @description Name of the BullMQ queue. */
                            queue: string;
                            /** @description Rate limit of the queue. Null while the limits of its accounts are unknown. */
                            rateLimit: {
                                /** @description Time until the next job start; 0 while the limit is not reached. */
                                boundForMs: number;
                                /** @description Maximum number of job starts in one window. */
                                max: number;
                                windowMs: number;
                            } | null;
                            /** @description Number of live workers that serve its provider. */
                            workers: number;
                        }[];
                        /** @description Number of worker processes with a heartbeat within the last 20 s. */
                        workers: number;
                    };
                };
            };
        };
    };
    resumeQueues: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the request in logs and in the response. Any other value is replaced. */
                "X-Request-Id"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request is invalid. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server or a dependency failed. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        backlog: number;
                        /** @description Sum over all routes. */
                        counts: {
                            active: number;
                            completed: number;
                            delayed: number;
                            failed: number;
                            prioritized: number;
                            waiting: number;
                        };
                        /** @description Maximum over routes, because a process has separate slots on each. For KEDA metrics-api. */
                        desiredWorkers: number;
                        /** @description Whether the queues are paused. POST /queue/resume resumes them. */
                        paused: boolean;
                        providers: {
                            backlog: number;
                            desiredWorkers: number;
                            /** @enum {string} */
                            provider: "anthropic" | "openai" | "demo";
                            workers: number;
                        }[];
                        /** @description Live routes, each with one queue. */
                        routes: {
                            /** @description Unfinished jobs: waiting, prioritized, delayed and active. */
                            backlog: number;
                            counts: {
                                active: number;
                                completed: number;
                                delayed: number;
                                failed: number;
                                prioritized: number;
                                waiting: number;
                            };
                            /** @description Worker processes that the backlog can keep busy; at least 1 while a scan with execution batch is unfinished. */
                            desiredWorkers: number;
                            model: string;
                            /** @description Pause of the route. POST /providers/{id}/resume ends it. */
                            pause: {
                                account: string | null;
                                /** @description The cause, as reported by the provider where available. */
                                because: string;
                                model: string;
                                /** Format: date-time */
                                until: string;
                            } | null;
                            /** @enum {string} */
                            provider: "anthropic" | "openai" | "demo";
                            /** @description Name of the BullMQ queue. */
                            queue: string;
                            /** @description Rate limit of the queue. Null while the limits of its accounts are unknown. */
                            rateLimit: {
                                /** @description Time until the next job start; 0 while the limit is not reached. */
                                boundForMs: number;
                                /** @description Maximum number of job starts in one window. */
                                max: number;
                                windowMs: number;
                            } | null;
                            /** @description Number of live workers that serve its provider. */
                            workers: number;
                        }[];
                        /** @description Number of worker processes with a heartbeat within the last 20 s. */
                        workers: number;
                    };
                };
            };
        };
    };
    listResources: {
        parameters: {
            query?: {
                capability?: "missing" | "stale" | "fresh";
                cluster?: string;
                /** @description true: only types with a CRD. false: only types without a CRD. */
                crd?: string;
                cursor?: string;
                /** @description API group; empty for the core group. */
                group?: string;
                limit?: number;
                /** @description Part of the name, the kind or a short name. */
                q?: string;
            };
            header?: {
                /** @description Id of the request in logs and in the response. Any other value is replaced. */
                "X-Request-Id"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request is invalid. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server or a dependency failed. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            /** @enum {string} */
                            capability: "missing" | "stale" | "fresh";
                            categories: string[];
                            group: string;
                            kind: string;
                            /** @enum {string} */
                            origin: "builtin" | "crd" | "aggregated";
                            plural: string;
                            resource: string;
                            /** @enum {string} */
                            scope: "Namespaced" | "Cluster";
                            shortNames: string[];
                            /** @default  */
                            singular: string;
                            verbs: string[];
                            version: string;
                        }[];
                        page: {
                            limit: number;
                            nextCursor: string | null;
                        };
                        unavailable: {
                            group: string;
                            reason: string;
                        }[];
                        /** @description Skipped files and definitions of a manifest folder, with reasons. */
                        warnings: string[];
                    };
                };
            };
        };
    };
    getResource: {
        parameters: {
            query?: {
                cluster?: string;
            };
            header?: {
                /** @description Id of the request in logs and in the response. Any other value is replaced. */
                "X-Request-Id"?: string;
            };
            path: {
                resource: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request is invalid. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server or a dependency failed. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        capability: "missing" | "stale" | "fresh";
                        categories: string[];
                        definition: {
                            definitionHash: string;
                            outline: string;
                            outlineHash: string;
                            outlineTokens: number;
                            /** @default [] */
                            printerColumns: {
                                description?: string;
                                jsonPath: string;
                                name: string;
                                priority?: number;
                                type: string;
                            }[];
                            schemaPublished: boolean;
                            /** @default [] */
                            suspicions: {
                                excerpt: string;
                                /** @enum {string} */
                                in: "definition" | "answer";
                                /** @enum {string} */
                                kind: "instruction" | "markup" | "link" | "encoded" | "hidden_characters" | "unknown_words";
                            }[];
                            truncated: boolean;
                        } | null;
                        group: string;
                        kind: string;
                        /** @enum {string} */
                        origin: "builtin" | "crd" | "aggregated";
                        plural: string;
                        /** @description Reason for a missing definition. */
                        reason: string | null;
                        resource: string;
                        /** @enum {string} */
                        scope: "Namespaced" | "Cluster";
                        shortNames: string[];
                        /** @default  */
                        singular: string;
                        verbs: string[];
                        version: string;
                    };
                };
            };
        };
    };
    getResourceExample: {
        parameters: {
            query?: {
                cluster?: string;
            };
            header?: {
                /** @description Id of the request in logs and in the response. Any other value is replaced. */
                "X-Request-Id"?: string;
            };
            path: {
                resource: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request is invalid. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server or a dependency failed. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The manifest. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/yaml": string;
                };
            };
        };
    };
    listScans: {
        parameters: {
            query?: {
                cluster?: string;
                createdAfter?: string;
                cursor?: string;
                limit?: number;
                status?: "discovering" | "queued" | "running" | "paused" | "canceling" | "succeeded" | "partial" | "failed" | "canceled";
            };
            header?: {
                /** @description Id of the request in logs and in the response. Any other value is replaced. */
                "X-Request-Id"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request is invalid. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server or a dependency failed. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Scan"][];
                        page: {
                            limit: number;
                            nextCursor: string | null;
                        };
                    };
                };
            };
        };
    };
    startScan: {
        parameters: {
            query?: never;
            header?: {
                /** @description Repeating a request with its key and its body within 24 h returns its response. */
                "Idempotency-Key"?: string;
                /** @description `wait=<seconds>`, at most 50: the longest time until the response is sent. */
                Prefer?: string;
                /** @description Id of the request in logs and in the response. Any other value is replaced. */
                "X-Request-Id"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ScanRequestInput"];
            };
        };
        responses: {
            /** @description The request is invalid. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server or a dependency failed. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A joined or finished scan, or a plan. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StartedScan"] | components["schemas"]["ScanPlan"];
                };
            };
            /** @description Default Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StartedScan"];
                };
            };
        };
    };
    getScan: {
        parameters: {
            query?: never;
            header?: {
                /** @description ETag of an earlier response. The response is 304 if it is still valid. */
                "If-None-Match"?: string;
                /** @description `wait=<seconds>`, at most 50: the longest time until the response is sent. */
                Prefer?: string;
                /** @description Id of the request in logs and in the response. Any other value is replaced. */
                "X-Request-Id"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request is invalid. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server or a dependency failed. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Scan"];
                };
            };
            /** @description Not modified. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    deleteScan: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the request in logs and in the response. Any other value is replaced. */
                "X-Request-Id"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request is invalid. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server or a dependency failed. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Deleted. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    cancelScan: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the request in logs and in the response. Any other value is replaced. */
                "X-Request-Id"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request is invalid. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server or a dependency failed. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Scan"];
                };
            };
            /** @description Default Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Scan"];
                };
            };
        };
    };
    compareScans: {
        parameters: {
            query?: {
                /** @description Id of a scan, or `previous`: the last earlier scan with the same patterns. */
                against?: "previous" | string;
            };
            header?: {
                /** @description Id of the request in logs and in the response. Any other value is replaced. */
                "X-Request-Id"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request is invalid. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server or a dependency failed. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        added: string[];
                        against: string;
                        answersChanged: string[];
                        changed: string[];
                        cluster: string;
                        removed: string[];
                        sameChoice: boolean;
                        scan: string;
                        unchanged: number;
                        unknown: string[];
                    };
                };
            };
        };
    };
    discardFailures: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the request in logs and in the response. Any other value is replaced. */
                "X-Request-Id"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description `failed` for all failed types, or names of failed types.
                     * @default failed
                     */
                    only?: "failed" | string[];
                } | null;
            };
        };
        responses: {
            /** @description The request is invalid. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server or a dependency failed. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Scan"];
                };
            };
        };
    };
    streamScanEvents: {
        parameters: {
            query?: {
                /** @description JSON only: sequence number after which events are returned. */
                after?: number;
                /** @description Last-Event-ID of clients that cannot set the header. */
                lastEventId?: string;
                limit?: number;
                /** @description Event types and patterns, for example `scan.*,resource.failed`. */
                types?: string;
            };
            header?: {
                /** @description Id of the last received event. The stream continues after it. */
                "Last-Event-ID"?: string;
                /** @description Id of the request in logs and in the response. Any other value is replaced. */
                "X-Request-Id"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request is invalid. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server or a dependency failed. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A stream or a page of events. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            data: {
                                at: string;
                                scanId: string;
                                seq: number;
                                v: number;
                            } & {
                                [key: string]: unknown;
                            };
                            id: string;
                            type: string;
                        }[];
                        gap: {
                            from: number;
                            to: number;
                        } | null;
                        page: {
                            limit: number;
                            nextCursor: string | null;
                        };
                    };
                    "text/event-stream": string;
                };
            };
            /** @description The scan has finished and the caller has received all events. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    listExcludedResources: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the request in logs and in the response. Any other value is replaced. */
                "X-Request-Id"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request is invalid. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server or a dependency failed. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            reason: string;
                            resource: string;
                        }[];
                    };
                };
            };
        };
    };
    exportScan: {
        parameters: {
            query?: {
                format?: "json" | "csv";
            };
            header?: {
                /** @description Id of the request in logs and in the response. Any other value is replaced. */
                "X-Request-Id"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request is invalid. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server or a dependency failed. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description All types of the scan. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScanItem"][];
                    "text/csv": string;
                };
            };
        };
    };
    pauseScan: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the request in logs and in the response. Any other value is replaced. */
                "X-Request-Id"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request is invalid. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server or a dependency failed. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Scan"];
                };
            };
            /** @description Default Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Scan"];
                };
            };
        };
    };
    getScanProgress: {
        parameters: {
            query?: {
                /** @description Number of an event (`seq`). Default: the latest one. */
                at?: number;
            };
            header?: {
                /** @description Id of the request in logs and in the response. Any other value is replaced. */
                "X-Request-Id"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request is invalid. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server or a dependency failed. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        at: string | null;
                        progress: {
                            canceled: number;
                            failed: number;
                            finished: number;
                            percent: number;
                            queued: number;
                            retrying: number;
                            running: number;
                            skipped: number;
                            succeeded: number;
                            total: number | null;
                        };
                        seq: number;
                    };
                };
            };
        };
    };
    listScanResources: {
        parameters: {
            query?: {
                cursor?: string;
                /** @description API group; empty for the core group. */
                group?: string;
                limit?: number;
                /** @description Part of the name, in any case. */
                q?: string;
                /** @description Only types that failed for this reason. */
                reason?: "rate_limited" | "timeout" | "provider_error" | "provider_auth" | "provider_not_configured" | "quota_exhausted" | "invalid_output" | "refused" | "context_too_long" | "schema_unavailable" | "budget_exceeded" | "worker_lost" | "internal";
                /** @description `duration` and `tokens`: largest first. `confidence`: lowest first. `status`: failed, running, retrying, queued, succeeded, skipped, canceled. Types without a value come last; equal ones are ordered by name. Default: by name, or with `status` as the only filter by the time of its last change. */
                sort?: "resource" | "duration" | "status" | "confidence" | "tokens";
                status?: "queued" | "running" | "retrying" | "succeeded" | "failed" | "skipped" | "canceled";
            };
            header?: {
                /** @description Id of the request in logs and in the response. Any other value is replaced. */
                "X-Request-Id"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request is invalid. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server or a dependency failed. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["ScanItem"][];
                        page: {
                            limit: number;
                            nextCursor: string | null;
                        };
                    };
                };
            };
        };
    };
    getScanResource: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the request in logs and in the response. Any other value is replaced. */
                "X-Request-Id"?: string;
            };
            path: {
                id: string;
                resource: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request is invalid. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server or a dependency failed. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScanItem"];
                };
            };
        };
    };
    resumeScan: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the request in logs and in the response. Any other value is replaced. */
                "X-Request-Id"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @default {} */
                    budget?: {
                        maxCostUsd?: number;
                        maxFailures?: number;
                        maxTokens?: number;
                    };
                } | null;
            };
        };
        responses: {
            /** @description The request is invalid. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server or a dependency failed. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Scan"];
                };
            };
            /** @description Default Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Scan"];
                };
            };
        };
    };
    retryScan: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the request in logs and in the response. Any other value is replaced. */
                "X-Request-Id"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description `failed` for all failed types, or names of failed types.
                     * @default failed
                     */
                    only?: "failed" | string[];
                } | null;
            };
        };
        responses: {
            /** @description The request is invalid. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server or a dependency failed. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Scan"];
                };
            };
            /** @description Default Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Scan"];
                };
            };
        };
    };
    listSchedules: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the request in logs and in the response. Any other value is replaced. */
                "X-Request-Id"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request is invalid. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server or a dependency failed. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Schedule"][];
                    };
                };
            };
        };
    };
    getSchedule: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the request in logs and in the response. Any other value is replaced. */
                "X-Request-Id"?: string;
            };
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request is invalid. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server or a dependency failed. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Schedule"];
                };
            };
        };
    };
    putSchedule: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the request in logs and in the response. Any other value is replaced. */
                "X-Request-Id"?: string;
            };
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Cron expression: minute, hour, day of month, month, day of week. */
                    cron: string;
                    /** @default false */
                    paused?: boolean;
                    /** @default {} */
                    scan?: {
                        /** @default {} */
                        budget?: {
                            maxCostUsd?: number;
                            maxFailures?: number;
                            maxTokens?: number;
                        };
                        cluster?: string;
                        concurrency?: number;
                        curated?: boolean;
                        /** @default [] */
                        exclude?: string[];
                        /**
                         * @default calls
                         * @enum {string}
                         */
                        execution?: "calls" | "batch";
                        /**
                         * @default [
                         *       "*"
                         *     ]
                         */
                        include?: string[];
                        /** @default {} */
                        labels?: {
                            [key: string]: string;
                        };
                        /**
                         * @default incremental
                         * @enum {string}
                         */
                        mode?: "incremental" | "full";
                        model?: string;
                        /**
                         * @default join
                         * @enum {string}
                         */
                        onConflict?: "join" | "reject" | "parallel";
                        /**
                         * @default name
                         * @enum {string}
                         */
                        order?: "name" | "smallest-first" | "largest-first";
                        /**
                         * @default normal
                         * @enum {string}
                         */
                        priority?: "high" | "normal" | "low";
                        /** @enum {string} */
                        provider?: "anthropic" | "openai" | "demo";
                        /** @default false */
                        strict?: boolean;
                    };
                    /**
                     * @description IANA time zone, such as Europe/Berlin.
                     * @default UTC
                     */
                    timeZone?: string;
                };
            };
        };
        responses: {
            /** @description The request is invalid. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server or a dependency failed. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Schedule"];
                };
            };
            /** @description Default Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Schedule"];
                };
            };
        };
    };
    deleteSchedule: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the request in logs and in the response. Any other value is replaced. */
                "X-Request-Id"?: string;
            };
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request is invalid. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server or a dependency failed. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Deleted. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    getSession: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the request in logs and in the response. Any other value is replaced. */
                "X-Request-Id"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request is invalid. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server or a dependency failed. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description End of the session in any case. */
                        expiresAt: string | null;
                        /** @description End of the session without another request. Null without a session. */
                        idleUntil: string | null;
                        /** @description How to log in; empty when the server needs no login. */
                        login: ("token" | "oidc")[];
                        /**
                         * @description How the caller is known: by a token in the header, or by a session of a token or an issuer. `local` needs no login.
                         * @enum {string}
                         */
                        method: "local" | "bearer" | "token" | "oidc";
                        /** @description `token:<name>`, `oidc:<name>`, or `local` when no login is needed. */
                        name: string;
                        /** @enum {string} */
                        role: "viewer" | "operator" | "admin";
                    };
                };
            };
        };
    };
    createSession: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the request in logs and in the response. Any other value is replaced. */
                "X-Request-Id"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description A token of CAPSTAN_TOKEN. */
                    token: string;
                };
            };
        };
        responses: {
            /** @description The request is invalid. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server or a dependency failed. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Logged in, or no login is needed. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    deleteSession: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the request in logs and in the response. Any other value is replaced. */
                "X-Request-Id"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request is invalid. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server or a dependency failed. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no session. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    listSessions: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the request in logs and in the response. Any other value is replaced. */
                "X-Request-Id"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request is invalid. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server or a dependency failed. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            /** @description For DELETE /sessions/{id}. */
                            id: string;
                            /** @enum {string} */
                            method: "token" | "oidc";
                            name: string;
                            /**
                             * Format: date-time
                             * @description Login of the newest session.
                             */
                            newestAt: string;
                            /**
                             * @description Role of the newest session.
                             * @enum {string}
                             */
                            role: "viewer" | "operator" | "admin";
                            sessions: number;
                        }[];
                    };
                };
            };
        };
    };
    endSessions: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the request in logs and in the response. Any other value is replaced. */
                "X-Request-Id"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request is invalid. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server or a dependency failed. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        ended: number;
                    };
                };
            };
        };
    };
    listWebhooks: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the request in logs and in the response. Any other value is replaced. */
                "X-Request-Id"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request is invalid. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server or a dependency failed. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Webhook"][];
                    };
                };
            };
        };
    };
    createWebhook: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the request in logs and in the response. Any other value is replaced. */
                "X-Request-Id"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description Only scans of these clusters. Empty: all.
                     * @default []
                     */
                    clusters?: string[];
                    /** @default true */
                    enabled?: boolean;
                    /**
                     * @default [
                     *       "scan.finished"
                     *     ]
                     */
                    events?: ("scan.finished" | "scan.succeeded" | "scan.partial" | "scan.failed" | "scan.canceled")[];
                    /**
                     * @description Only scans with all these labels.
                     * @default {}
                     */
                    labels?: {
                        [key: string]: string;
                    };
                    /** @description https:// URL without credentials, query and fragment, which often hold secrets. http:// only for hosts in CAPSTAN_WEBHOOK_ALLOW. */
                    url: string;
                };
            };
        };
        responses: {
            /** @description The request is invalid. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server or a dependency failed. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @description Only scans of these clusters. Empty: all.
                         * @default []
                         */
                        clusters: string[];
                        /** Format: date-time */
                        createdAt: string;
                        createdBy: string;
                        /** @description Why the server disabled it: the receiver answered 410. Null otherwise. */
                        disabledReason: string | null;
                        /** @default true */
                        enabled: boolean;
                        /**
                         * @default [
                         *       "scan.finished"
                         *     ]
                         */
                        events: ("scan.finished" | "scan.succeeded" | "scan.partial" | "scan.failed" | "scan.canceled")[];
                        id: string;
                        /**
                         * @description Only scans with all these labels.
                         * @default {}
                         */
                        labels: {
                            [key: string]: string;
                        };
                        /** @description Signing secret of Standard Webhooks (`whsec_…`). Shown once. */
                        secret: string;
                        /** Format: date-time */
                        updatedAt: string;
                        /** @description https:// URL without credentials, query and fragment, which often hold secrets. http:// only for hosts in CAPSTAN_WEBHOOK_ALLOW. */
                        url: string;
                    };
                };
            };
        };
    };
    getWebhook: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the request in logs and in the response. Any other value is replaced. */
                "X-Request-Id"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request is invalid. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server or a dependency failed. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhook"];
                };
            };
        };
    };
    replaceWebhook: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the request in logs and in the response. Any other value is replaced. */
                "X-Request-Id"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description Only scans of these clusters. Empty: all.
                     * @default []
                     */
                    clusters?: string[];
                    /** @default true */
                    enabled?: boolean;
                    /**
                     * @default [
                     *       "scan.finished"
                     *     ]
                     */
                    events?: ("scan.finished" | "scan.succeeded" | "scan.partial" | "scan.failed" | "scan.canceled")[];
                    /**
                     * @description Only scans with all these labels.
                     * @default {}
                     */
                    labels?: {
                        [key: string]: string;
                    };
                    /** @description https:// URL without credentials, query and fragment, which often hold secrets. http:// only for hosts in CAPSTAN_WEBHOOK_ALLOW. */
                    url: string;
                };
            };
        };
        responses: {
            /** @description The request is invalid. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server or a dependency failed. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhook"];
                };
            };
        };
    };
    deleteWebhook: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the request in logs and in the response. Any other value is replaced. */
                "X-Request-Id"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request is invalid. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server or a dependency failed. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Deleted. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    listDeliveries: {
        parameters: {
            query?: {
                limit?: number;
                status?: "pending" | "delivering" | "retrying" | "delivered" | "dead";
            };
            header?: {
                /** @description Id of the request in logs and in the response. Any other value is replaced. */
                "X-Request-Id"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request is invalid. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server or a dependency failed. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            attempts: number;
                            /** Format: date-time */
                            createdAt: string;
                            event: string;
                            /** @description The header `webhook-id` of every attempt. */
                            id: string;
                            lastAttemptAt: string | null;
                            /** @description HTTP status of the last response. Null without one. */
                            lastStatus: number | null;
                            nextAttemptAt: string | null;
                            /** @description Why the last attempt failed. */
                            problem: string | null;
                            /** @description Null for a test. */
                            scan: string | null;
                            /** @enum {string} */
                            status: "pending" | "delivering" | "retrying" | "delivered" | "dead";
                        }[];
                    };
                };
            };
        };
    };
    replayDelivery: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the request in logs and in the response. Any other value is replaced. */
                "X-Request-Id"?: string;
            };
            path: {
                delivery: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request is invalid. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server or a dependency failed. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        attempts: number;
                        /** Format: date-time */
                        createdAt: string;
                        event: string;
                        /** @description The header `webhook-id` of every attempt. */
                        id: string;
                        lastAttemptAt: string | null;
                        /** @description HTTP status of the last response. Null without one. */
                        lastStatus: number | null;
                        nextAttemptAt: string | null;
                        /** @description Why the last attempt failed. */
                        problem: string | null;
                        /** @description Null for a test. */
                        scan: string | null;
                        /** @enum {string} */
                        status: "pending" | "delivering" | "retrying" | "delivered" | "dead";
                    };
                };
            };
        };
    };
    testWebhook: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the request in logs and in the response. Any other value is replaced. */
                "X-Request-Id"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request is invalid. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server or a dependency failed. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        delivery: string;
                    };
                };
            };
        };
    };
    listWorkers: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the request in logs and in the response. Any other value is replaced. */
                "X-Request-Id"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request is invalid. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server or a dependency failed. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["WorkerStatus"][];
                    };
                };
            };
        };
    };
    getLiveness: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the request in logs and in the response. Any other value is replaced. */
                "X-Request-Id"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request is invalid. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server or a dependency failed. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        live: true;
                    };
                };
            };
        };
    };
    callMcp: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the request in logs and in the response. Any other value is replaced. */
                "X-Request-Id"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request is invalid. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server or a dependency failed. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A JSON-RPC response, or a stream of messages that ends with it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                    "text/event-stream": string;
                };
            };
        };
    };
    listProblems: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the request in logs and in the response. Any other value is replaced. */
                "X-Request-Id"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request is invalid. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server or a dependency failed. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description JSON or HTML by Accept, else text. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            /** @enum {string} */
                            code: "VALIDATION" | "UNAUTHORIZED" | "LOGIN_FAILED" | "FORBIDDEN" | "NOT_FOUND" | "METHOD_NOT_ALLOWED" | "NOT_ACCEPTABLE" | "SCAN_CONFLICT" | "IDEMPOTENCY_IN_PROGRESS" | "IDEMPOTENCY_MISMATCH" | "WRONG_STATE" | "EVENTS_TRIMMED" | "PAYLOAD_TOO_LARGE" | "UNSUPPORTED_MEDIA_TYPE" | "UNKNOWN_CLUSTER" | "UNKNOWN_RESOURCES" | "RATE_LIMITED" | "PROVIDER_NOT_CONFIGURED" | "PROVIDER_UNAVAILABLE" | "PROVIDER_AUTH" | "PROVIDER_QUOTA" | "PROVIDER_MODEL_UNKNOWN" | "ISSUER_UNAVAILABLE" | "CLUSTER_UNREACHABLE" | "CLUSTER_FORBIDDEN" | "CLUSTER_MISCONFIGURED" | "TOO_MANY_STREAMS" | "OVERLOADED" | "REDIS_UNAVAILABLE" | "DRAINING" | "INTERNAL";
                            /** @description Recommended action. */
                            fix: string;
                            meaning: string;
                            status: number;
                            title: string;
                            type: string;
                        }[];
                        reasons: {
                            fix: string;
                            meaning: string;
                            /** @enum {string} */
                            reason: "rate_limited" | "timeout" | "provider_error" | "provider_auth" | "provider_not_configured" | "quota_exhausted" | "invalid_output" | "refused" | "context_too_long" | "schema_unavailable" | "budget_exceeded" | "worker_lost" | "internal";
                        }[];
                    };
                    "text/html": string;
                    "text/plain": string;
                };
            };
        };
    };
    getProblem: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the request in logs and in the response. Any other value is replaced. */
                "X-Request-Id"?: string;
            };
            path: {
                code: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request is invalid. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server or a dependency failed. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description JSON or HTML by Accept, else text. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        code: "VALIDATION" | "UNAUTHORIZED" | "LOGIN_FAILED" | "FORBIDDEN" | "NOT_FOUND" | "METHOD_NOT_ALLOWED" | "NOT_ACCEPTABLE" | "SCAN_CONFLICT" | "IDEMPOTENCY_IN_PROGRESS" | "IDEMPOTENCY_MISMATCH" | "WRONG_STATE" | "EVENTS_TRIMMED" | "PAYLOAD_TOO_LARGE" | "UNSUPPORTED_MEDIA_TYPE" | "UNKNOWN_CLUSTER" | "UNKNOWN_RESOURCES" | "RATE_LIMITED" | "PROVIDER_NOT_CONFIGURED" | "PROVIDER_UNAVAILABLE" | "PROVIDER_AUTH" | "PROVIDER_QUOTA" | "PROVIDER_MODEL_UNKNOWN" | "ISSUER_UNAVAILABLE" | "CLUSTER_UNREACHABLE" | "CLUSTER_FORBIDDEN" | "CLUSTER_MISCONFIGURED" | "TOO_MANY_STREAMS" | "OVERLOADED" | "REDIS_UNAVAILABLE" | "DRAINING" | "INTERNAL";
                        /** @description Recommended action. */
                        fix: string;
                        meaning: string;
                        status: number;
                        title: string;
                        type: string;
                    };
                    "text/html": string;
                    "text/plain": string;
                };
            };
        };
    };
    getReadiness: {
        parameters: {
            query?: {
                verbose?: string;
            };
            header?: {
                /** @description Id of the request in logs and in the response. Any other value is replaced. */
                "X-Request-Id"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request is invalid. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server or a dependency failed. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        checks?: {
                            detail?: string;
                            name: string;
                            ok: boolean;
                        }[];
                        /** @description Faults that do not prevent requests from being served. */
                        degraded: string[];
                        /** @description Reasons why the server is not ready. */
                        notReady: string[];
                        ready: boolean;
                    };
                };
            };
            /** @description Default Response */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        checks?: {
                            detail?: string;
                            name: string;
                            ok: boolean;
                        }[];
                        /** @description Faults that do not prevent requests from being served. */
                        degraded: string[];
                        /** @description Reasons why the server is not ready. */
                        notReady: string[];
                        ready: boolean;
                    };
                };
            };
        };
    };
    getVersion: {
        parameters: {
            query?: never;
            header?: {
                /** @description Id of the request in logs and in the response. Any other value is replaced. */
                "X-Request-Id"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request is invalid. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server or a dependency failed. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        name: "capstan";
                        node: string;
                        version: string;
                    };
                };
            };
        };
    };
}
