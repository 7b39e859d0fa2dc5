import { expect, test } from 'vitest'
import { chooseBrowserCommand } from './choose-browser-command.ts'

test.each([
  [{}, 'darwin', ['open']],
  [{}, 'win32', ['rundll32', 'url.dll,FileProtocolHandler']],
  [{ DISPLAY: ':0' }, 'linux', ['xdg-open']],
  [{ WAYLAND_DISPLAY: 'wayland-0' }, 'linux', ['xdg-open']],
  [{}, 'linux', undefined],
  [{ BROWSER: 'firefox --new-tab' }, 'linux', ['firefox', '--new-tab']],
  [{ BROWSER: 'none', DISPLAY: ':0' }, 'linux', undefined],
] as const)(
  'with the environment %j on %s the browser command is %j',
  (environment, platform, command) => {
    expect(chooseBrowserCommand(environment, platform)).toEqual(command)
  },
)
