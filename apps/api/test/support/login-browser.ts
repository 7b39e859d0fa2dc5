/**
 * A browser that keeps cookies for each origin and follows redirects and refreshes. As browsers do, it withholds cookies
 * with SameSite=Strict from redirects of another origin.
 */
export interface LoginBrowser {
  /** Opens a page. Returns the last response, with its text and all URLs on the way. */
  open(url: string): Promise<{ response: Response; text: string; visited: string[] }>
  /** Value of the Cookie header for an origin. */
  cookies(url: string): string
  setCookie(url: string, name: string, value: string): void
}

const MAX_STEPS = 15

interface StoredCookie {
  value: string
  isStrict: boolean
}

type Jar = Map<string, StoredCookie>

export function createLoginBrowser(): LoginBrowser {
  const jars = new Map<string, Jar>()
  const jarOf = (url: string): Jar => {
    const { origin } = new URL(url)
    const jar = jars.get(origin) ?? new Map<string, StoredCookie>()
    jars.set(origin, jar)
    return jar
  }
  const cookies = (url: string, isForeign = false): string =>
    [...jarOf(url)]
      .filter(([, { isStrict }]) => !(isStrict && isForeign))
      .map(([name, { value }]) => `${name}=${value}`)
      .join('; ')
  return {
    cookies: (url) => cookies(url),
    setCookie: (url, name, value) => void jarOf(url).set(name, { value, isStrict: false }),
    open: async (start) => {
      const visited: string[] = []
      let isForeign = false
      for (let url = start; visited.length < MAX_STEPS;) {
        visited.push(url)
        const response = await fetch(url, {
          redirect: 'manual',
          headers: { accept: 'text/html', cookie: cookies(url, isForeign) },
        })
        storeCookies(jarOf(url), response)
        const text = await response.text()
        const location = response.headers.get('location')
        const next = location ?? readRefresh(text)
        if (next === undefined) return { response, text, visited }
        const target = new URL(next, url)
        // A chain of redirects stays foreign; a page that refreshes itself starts a navigation of its own.
        isForeign = location !== null && (isForeign || target.origin !== new URL(url).origin)
        url = target.href
      }
      throw new Error(`too many steps: ${visited.join(' ')}`)
    },
  }
}

function storeCookies(jar: Jar, { headers }: Response): void {
  for (const cookie of headers.getSetCookie()) {
    const [pair = '', ...attributes] = cookie.split(';').map((part) => part.trim())
    const [name = '', value = ''] = pair.split(/=(.*)/)
    const isExpired = attributes.some(
      (one) => one === 'Max-Age=0' || /^expires=Thu, 01 Jan 1970/i.test(one),
    )
    if (isExpired) jar.delete(name)
    else jar.set(name, { value, isStrict: attributes.includes('SameSite=Strict') })
  }
}

function readRefresh(html: string): string | undefined {
  const target = /<meta http-equiv="refresh" content="0; url=([^"]*)">/.exec(html)?.[1]
  return target?.replaceAll('&amp;', '&')
}
