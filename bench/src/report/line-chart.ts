import { pickColor, renderDrawing, WIDTH } from './drawing.ts'
import { escapeXml } from './escape-xml.ts'

export interface ChartLine {
  label: string
  points: { x: number; y: number }[]
  /** Dashed: the reference of the other lines. */
  isDashed?: boolean
}

export interface LineChart {
  title: string
  xName: string
  yName: string
  lines: ChartLine[]
}

const HEIGHT = 360
const LEFT = 60
const TOP = 64
const BOTTOM = 44
const RIGHT = 16
const STYLE = [
  '.a{stroke:#8b949e;stroke-width:1}',
  '@media(prefers-color-scheme:dark){text{fill:#adb6c0}}',
]

/** Renders lines over one pair of axes from zero, as SVG text. */
export function renderLineChart({ title, xName, yName, lines }: LineChart): string {
  const points = lines.flatMap((line) => line.points)
  const most = (axis: 'x' | 'y'): number => Math.max(1e-9, ...points.map((point) => point[axis]))
  const [right, top] = [most('x'), most('y')]
  const place = ({ x, y }: { x: number; y: number }): string =>
    `${(LEFT + (x / right) * (WIDTH - LEFT - RIGHT)).toFixed(1)},${(HEIGHT - BOTTOM - (y / top) * (HEIGHT - TOP - BOTTOM)).toFixed(1)}`
  const parts = [
    ...lines.map((line, index) => drawLegend(line, index)),
    `<polyline class="a" fill="none" points="${LEFT},${TOP} ${LEFT},${HEIGHT - BOTTOM} ${WIDTH - RIGHT},${HEIGHT - BOTTOM}"/>`,
    `<text x="${LEFT - 8}" y="${TOP + 5}" text-anchor="end">${show(top)}</text>`,
    `<text x="${LEFT - 8}" y="${HEIGHT - BOTTOM + 5}" text-anchor="end">0</text>`,
    `<text x="${WIDTH - RIGHT}" y="${HEIGHT - BOTTOM + 18}" text-anchor="end">${show(right)}</text>`,
    `<text x="${LEFT}" y="${TOP - 10}">${escapeXml(yName)}</text>`,
    `<text x="${(WIDTH + LEFT) / 2}" y="${HEIGHT - 8}" text-anchor="middle">${escapeXml(xName)}</text>`,
    ...lines.map(
      (line, index) =>
        `<polyline fill="none" stroke="${pickColor(index)}" stroke-width="2"${line.isDashed ? ' stroke-dasharray="6 4"' : ''} points="${line.points.map(place).join(' ')}"/>`,
    ),
  ]
  return renderDrawing({ label: title, heading: title, height: HEIGHT, style: STYLE, parts })
}

function drawLegend({ label }: ChartLine, index: number): string {
  const x = (index % 3) * (WIDTH / 3)
  const y = 36 + Math.floor(index / 3) * 16
  return `<rect fill="${pickColor(index)}" x="${x}" y="${y - 9}" width="12" height="4"/><text x="${x + 18}" y="${y}">${escapeXml(label)}</text>`
}

function show(value: number): string {
  return value >= 10 ? value.toFixed(0) : value.toFixed(1)
}
