import { expect, test } from 'vitest'
import { browserCommand } from './browser-command.ts'

test.each([
  [{}, 'darwin', ['open']],
  [{}, 'win32', ['rundll32', 'url.dll,FileProtocolHandler']],
  [{ DISPLAY: ':0' }, 'linux', ['xdg-open']],
  [{ WAYLAND_DISPLAY: 'wayland-0' }, 'linux', ['xdg-open']],
  [{}, 'linux', undefined],
  [{ BROWSER: 'firefox --new-tab' }, 'linux', ['firefox', '--new-tab']],
  [{ BROWSER: 'none', DISPLAY: ':0' }, 'linux', undefined],
] as const)('with %j on %s a page is opened by %j', (environment, platform, command) => {
  expect(browserCommand(environment, platform)).toEqual(command)
})
