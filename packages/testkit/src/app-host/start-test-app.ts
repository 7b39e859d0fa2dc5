import { onTestFinished } from '../on-test-finished.ts'
import type { RunningProcess } from '../start-process.ts'
import type { HostedAppName } from './app-host-messages.ts'
import { startHostedApp } from './start-hosted-app.ts'

/** Like startHostedApp; the app is stopped with the test. */
export async function startTestApp(
  app: HostedAppName,
  environment: Record<string, string>,
): Promise<RunningProcess> {
  const running = await startHostedApp(app, environment)
  onTestFinished(async () => {
    await running.stop()
  })
  return running
}
