import type { Command } from 'commander'
import type { WebhookOptions } from '../commands/webhooks/webhooks.ts'
import type { CommandHost } from './command-host.ts'
import { parseCount, parseLabel, parseList } from './option-parsers.ts'

/** Commands for webhooks and their messages. */
export function addWebhookCommands(program: Command, host: CommandHost): void {
  const { open, end } = host
  const webhooks = program
    .command('webhooks')
    .description('list the webhooks, which get a message when a scan ends')
    .action(async (_options: unknown, command: Command) => {
      const { showWebhooks } = await import('../commands/webhooks/webhooks.ts')
      end(await showWebhooks(await open(command)))
    })
  webhooks
    .command('create')
    .description('create a webhook and print its secret, once')
    .argument('<url>', 'https:// URL without credentials, query and fragment')
    .option('--event <name>', 'such as scan.failed (repeatable; default: scan.finished)', parseList)
    .option('--cluster <name>', 'only scans of this cluster')
    .option('-l, --label <key=value>', 'only scans with this label (repeatable)', parseLabel)
    .action(async (url: string, options: WebhookOptions, command: Command) => {
      const { addWebhook } = await import('../commands/webhooks/webhooks.ts')
      end(await addWebhook(await open(command), url, options))
    })
  webhooks
    .command('remove')
    .description('delete a webhook and its unsent messages')
    .argument('<webhook>')
    .action(async (id: string, _options: unknown, command: Command) => {
      const { removeWebhook } = await import('../commands/webhooks/webhooks.ts')
      end(await removeWebhook(await open(command), id))
    })
  addDeliveryCommands(webhooks, host)
}

function addDeliveryCommands(webhooks: Command, { open, end }: CommandHost): void {
  webhooks
    .command('test')
    .description('send a message of type webhook.test')
    .argument('<webhook>')
    .action(async (id: string, _options: unknown, command: Command) => {
      const { sendTestMessage } = await import('../commands/webhooks/webhooks.ts')
      end(await sendTestMessage(await open(command), id))
    })
  webhooks
    .command('deliveries')
    .description('list the newest messages of a webhook')
    .argument('<webhook>')
    .option('--status <status>', 'pending, delivering, retrying, delivered or dead')
    .option('--limit <count>', 'maximum number of messages (default: 50)', parseCount)
    .action(async (id: string, options: { status?: string; limit?: number }, command: Command) => {
      const { showDeliveries } = await import('../commands/webhooks/webhooks.ts')
      end(await showDeliveries(await open(command), id, options))
    })
  webhooks
    .command('replay')
    .description('send a dead message again, under the same id')
    .argument('<webhook>')
    .argument('<delivery>')
    .action(async (id: string, delivery: string, _options: unknown, command: Command) => {
      const { replayMessage } = await import('../commands/webhooks/webhooks.ts')
      end(await replayMessage(await open(command), id, delivery))
    })
}
