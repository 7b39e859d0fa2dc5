import { escapeXml } from './escape-xml.ts'

/** Width of every drawing, in pixels before scaling. */
export const WIDTH = 760

/** Distinguishable on light and on dark pages. */
const COLORS = ['#2f81f7', '#e16f24', '#8250df', '#1a7f37', '#cf222e', '#d4a72c'] as const

export function pickColor(index: number): string {
  return COLORS[index % COLORS.length] ?? COLORS[0]
}

export interface Drawing {
  /** Alternative text. */
  label: string
  heading: string
  height: number
  /** Additional style rules. */
  style: string[]
  /** SVG elements with escaped text. */
  parts: string[]
}

/** Renders SVG text that is readable on light and dark pages, without scripts and fonts. */
export function renderDrawing({ label, heading, height, style, parts }: Drawing): string {
  const rules = [
    'text{font:13px system-ui,sans-serif;fill:#4b535d}',
    '.t{font-weight:600;font-size:15px}',
    ...style,
  ]
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escapeXml(label)}">`,
    `<style>${rules.join('')}</style>`,
    `<text class="t" x="0" y="18">${escapeXml(heading)}</text>`,
    ...parts,
    '</svg>',
    '',
  ].join('\n')
}
