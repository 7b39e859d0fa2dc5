export interface Bar {
  label: string
  value: number
  /** Drawn as a tick on the bar: the bound it is compared with. */
  bound?: number
}

const WIDTH = 760
const LABEL = 250
const STEP = 30

/** A horizontal bar chart as SVG text. Readable on light and dark pages, no script, no font of its own. */
export function barChart(title: string, unit: string, bars: Bar[]): string {
  const longest = Math.max(...bars.map((bar) => Math.max(bar.value, bar.bound ?? 0)))
  const scale = (WIDTH - LABEL - 110) / longest
  const height = 50 + bars.length * STEP
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escapeXml(title)}">`,
    `<style>text{font:13px system-ui,sans-serif;fill:#57606a}.t{font-weight:600;font-size:15px}.b{fill:#2f81f7}.k{stroke:#d29922;stroke-width:3}</style>`,
    `<text class="t" x="0" y="18">${escapeXml(title)}</text>`,
    ...bars.map((bar, index) => drawBar(bar, 36 + index * STEP, scale, unit)),
    '</svg>',
    '',
  ].join('\n')
}

function drawBar(bar: Bar, y: number, scale: number, unit: string): string {
  const width = Math.max(1, bar.value * scale)
  const tick =
    bar.bound === undefined
      ? ''
      : `<line class="k" x1="${(LABEL + bar.bound * scale).toFixed(1)}" x2="${(LABEL + bar.bound * scale).toFixed(1)}" y1="${y - 2}" y2="${y + 20}"/>`
  return [
    `<text x="${LABEL - 10}" y="${y + 14}" text-anchor="end">${escapeXml(bar.label)}</text>`,
    `<rect class="b" x="${LABEL}" y="${y}" width="${width.toFixed(1)}" height="18" rx="2"/>`,
    tick,
    `<text x="${(LABEL + width + 8).toFixed(1)}" y="${y + 14}">${bar.value.toFixed(1)} ${unit}</text>`,
  ].join('')
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
