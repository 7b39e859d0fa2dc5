import { CopyButton } from '../../parts/copy-button.tsx'

const COMMAND = 'docker compose up -d worker'

/** Jobs wait, because nothing runs them. */
export function NoWorker() {
  return (
    <div class="notice bad" role="status">
      <strong>No worker is online</strong>
      <span>
        Jobs wait in the queues. Workers read the same Redis as this server. To start one:
      </span>
      <span class="row">
        <code>{COMMAND}</code>
        <CopyButton text={COMMAND} label="Copy the command" />
      </span>
      <span class="muted">
        Without Docker: <code>capstan up</code> runs Redis, the API and workers on one machine.
      </span>
    </div>
  )
}
