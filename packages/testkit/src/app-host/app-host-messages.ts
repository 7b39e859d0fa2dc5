/** Apps that an app host can run. */
export type HostedAppName = 'api' | 'worker'

/** From the test to its app host. `id` names one app that runs there. */
export type HostRequest =
  | { kind: 'start'; id: number; app: HostedAppName; environment: Record<string, string> }
  | { kind: 'stop'; id: number }

/** From the app host to the test. `error`: why the app did not start or stop. */
export type HostReply =
  | { kind: 'started'; id: number; url: string }
  | { kind: 'stopped'; id: number }
  | { kind: 'failed'; id: number; error: string }
  | { kind: 'output'; id: number; text: string }
