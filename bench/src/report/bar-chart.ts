import { renderDrawing, WIDTH } from './drawing.ts'
import { escapeXml } from './escape-xml.ts'

export interface Bar {
  label: string
  /** Stacked; the number beside the bar is their sum. */
  parts: number[]
  /** Reference value, drawn as a tick on the bar. */
  bound?: number
}

export interface BarChart {
  title: string
  unit: string
  bars: Bar[]
  /** Name of the tick; bars have none without it. */
  boundName?: string
  /** Names of the parts, if there are several. */
  partNames?: string[]
}

const LABEL = 210
/** Space for the number beside the longest bar. */
const NUMBER = 90
const STEP = 30
const COLORS = ['#2f81f7', '#8250df', '#d4a72c', '#e16f24', '#cf222e']
const STYLE = [
  '.k{stroke:#1a7f37;stroke-width:3}',
  '@media(prefers-color-scheme:dark){text{fill:#adb6c0}.k{stroke:#57d364}}',
]

/** Renders a horizontal bar chart as SVG text. */
export function renderBarChart(chart: BarChart): string {
  const longest = Math.max(...chart.bars.map((bar) => Math.max(sumParts(bar), bar.bound ?? 0)))
  const scale = (WIDTH - LABEL - NUMBER) / longest
  const legend = drawLegend(chart, 40)
  const top = legend === '' ? 34 : 62
  const height = top + chart.bars.length * STEP
  const parts = [
    legend,
    ...chart.bars.map((bar, index) => drawBar(bar, top + index * STEP, scale, chart.unit)),
  ]
  return renderDrawing({ label: chart.title, heading: chart.title, height, style: STYLE, parts })
}

function drawBar(bar: Bar, y: number, scale: number, unit: string): string {
  let x = LABEL
  const rects = bar.parts.map((part, index) => {
    const width = Math.max(0, part * scale)
    const rect = `<rect fill="${COLORS[index % COLORS.length]}" x="${x.toFixed(1)}" y="${y}" width="${width.toFixed(1)}" height="18"/>`
    x += width
    return rect
  })
  const tick = bar.bound === undefined ? '' : drawTick(LABEL + bar.bound * scale, y)
  const numberX = Math.max(x, bar.bound === undefined ? 0 : LABEL + bar.bound * scale) + 8
  return [
    `<text x="${LABEL - 10}" y="${y + 14}" text-anchor="end">${escapeXml(bar.label)}</text>`,
    ...rects,
    tick,
    `<text x="${numberX.toFixed(1)}" y="${y + 14}">${sumParts(bar).toFixed(1)} ${escapeXml(unit)}</text>`,
  ].join('')
}

function drawTick(x: number, y: number): string {
  return `<line class="k" x1="${x.toFixed(1)}" x2="${x.toFixed(1)}" y1="${y - 2}" y2="${y + 20}"/>`
}

function drawLegend({ partNames = [], boundName }: BarChart, y: number): string {
  let x = 0
  const entry = (mark: string, name: string): string => {
    const text = `${mark}<text x="${x + 18}" y="${y + 5}">${escapeXml(name)}</text>`
    x += 44 + name.length * 7
    return text
  }
  const parts = partNames.map((name, index) =>
    entry(
      `<rect fill="${COLORS[index % COLORS.length]}" x="${x}" y="${y - 6}" width="12" height="12"/>`,
      name,
    ),
  )
  if (boundName === undefined) return parts.join('')
  const tick = `<line class="k" x1="${x + 6}" x2="${x + 6}" y1="${y - 7}" y2="${y + 7}"/>`
  return [...parts, entry(tick, boundName)].join('')
}

function sumParts(bar: Bar): number {
  return bar.parts.reduce((sum, part) => sum + part, 0)
}
