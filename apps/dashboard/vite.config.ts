import { defineConfig } from 'vite'

/** The server of `start`, for pages under development. */
const SERVER = 'http://127.0.0.1:8080'

export default defineConfig(({ command }) => ({
  // Pages are served below any path prefix: the server writes the prefix into <base>, and all other links are relative.
  base: command === 'serve' ? '/ui/' : './',
  publicDir: false,
  // Never the form for development, whatever NODE_ENV is: it contains the paths of the sources.
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact', development: false } },
  server: {
    proxy: Object.fromEntries(
      ['/api', '/queues', '/docs', '/readyz'].map((path) => [
        path,
        { target: SERVER, changeOrigin: true },
      ]),
    ),
  },
  build: {
    target: 'es2024',
    // The policy of the pages allows no inline script.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
}))
