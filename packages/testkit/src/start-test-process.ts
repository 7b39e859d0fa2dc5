import { onTestFinished } from './on-test-finished.ts'
import { startProcess, type AppName, type RunningProcess } from './start-process.ts'

/** Like startProcess; the process is killed with the test. */
export async function startTestProcess(
  app: AppName,
  environment: Record<string, string>,
): Promise<RunningProcess> {
  const running = await startProcess(app, environment)
  onTestFinished(async () => {
    await running.stop('SIGKILL')
  })
  return running
}
