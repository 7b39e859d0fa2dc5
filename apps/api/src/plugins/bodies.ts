import type { App } from '../app-types.ts'

/** JSON is the only body there is. An empty one counts as none, as tools send it with a Content-Type. */
export function installBodies(app: App): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeAllContentTypeParsers()
  app.addContentTypeParser<string>(
    'application/json',
    { parseAs: 'string' },
    (request, body, done) => {
      if (body.length === 0) done(null, undefined)
      else void parse(request, body, done)
    },
  )
}
