import type { ItemStatus } from '@capstan/shared/contract/scan/scan-item'
import type { ScanStatus } from '@capstan/shared/contract/scan/scan-status'
import { Icon, type IconName } from './icon.tsx'

type AnyStatus = ItemStatus | ScanStatus

interface Look {
  icon: IconName
  tone: string
  word: string
}

const LOOKS: Record<AnyStatus, Look> = {
  discovering: { icon: 'search', tone: 'busy', word: 'discovering' },
  queued: { icon: 'dots', tone: 'quiet', word: 'queued' },
  running: { icon: 'ring', tone: 'busy', word: 'running' },
  retrying: { icon: 'arrow', tone: 'warn-text', word: 'retrying' },
  paused: { icon: 'bars', tone: 'calm', word: 'paused' },
  canceling: { icon: 'slash', tone: 'quiet', word: 'canceling' },
  succeeded: { icon: 'check', tone: 'good', word: 'succeeded' },
  partial: { icon: 'half', tone: 'warn-text', word: 'partial' },
  failed: { icon: 'cross', tone: 'bad-text', word: 'failed' },
  skipped: { icon: 'dash', tone: 'quiet', word: 'skipped' },
  canceled: { icon: 'slash', tone: 'quiet', word: 'canceled' },
}

/** The status of a scan or of one of its types: shape, word and colour. */
export function Status({ status }: { status: AnyStatus }) {
  const { icon, tone, word } = LOOKS[status]
  return (
    <span class={`status ${tone}`}>
      <Icon name={icon} />
      {word}
    </span>
  )
}
