import { defineConfig } from 'vite'

// Pages are served below any path prefix: the server writes the prefix into <base>, and all other links are relative.
export default defineConfig({
  base: './',
  publicDir: false,
  // Never the form for development, whatever NODE_ENV is: it contains the paths of the sources.
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact', development: false } },
  build: {
    target: 'es2024',
    // The policy of the pages allows no inline script.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
})
