import { errorCodes } from 'fastify'
import type { App } from '../app-types.ts'

/**
 * JSON is the only body there is. An empty one counts as none, as tools send it with a Content-Type. `curl -d` calls
 * JSON a form unless it is told otherwise, so a form that is a JSON object is read as one; pages of other sites, for
 * whom a form is the one thing they may send unasked, are refused before (auth.ts).
 */
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
  app.addContentTypeParser<string>(FORM, { parseAs: 'string' }, (request, body, done) => {
    if (body.trimStart().startsWith('{')) void parse(request, body, done)
    else done(new errorCodes.FST_ERR_CTP_INVALID_MEDIA_TYPE(FORM), undefined)
  })
}

const FORM = 'application/x-www-form-urlencoded'
