/** Shapes on a grid of 16 pixels. Each status has a shape of its own, so that none is told by colour alone. */
const SHAPES = {
  check: 'M3.5 8.5l3 3 6-7',
  cross: 'M4 4l8 8M12 4l-8 8',
  ring: 'M8 2.500a5.500 5.500 0 1 1-5.500 5.500',
  arrow: 'M12.500 6A5 5 0 1 0 13 9.500M12.500 2.500V6H9',
  hourglass:
    'M4.500 2.500h7M4.500 13.500h7M5.500 2.500c0 3.500 5 3.500 5 5.500s-5 2-5 5.500M10.500 2.500c0 3.500-5 3.500-5 5.500s5 2 5 5.500',
  dash: 'M3.500 8h9',
  slash: 'M8 2.500a5.500 5.500 0 1 0 0 11 5.500 5.500 0 1 0 0-11M4.200 11.800l7.600-7.600',
  bars: 'M5.500 3.500v9M10.500 3.500v9',
  dots: 'M3.500 8h.01M8 8h.01M12.500 8h.01',
  half: 'M8 2.500a5.500 5.500 0 1 0 0 11zM8 2.500a5.500 5.500 0 1 1 0 11',
  search: 'M7 2.500a4.500 4.500 0 1 0 0 9 4.500 4.500 0 1 0 0-9M10.500 10.500l3 3',
  copy: 'M5.500 5.500h7v8h-7zM3.500 10.500v-8h7',
  plus: 'M8 3v10M3 8h10',
  close: 'M4 4l8 8M12 4l-8 8',
  external: 'M6.500 3.500h-3v9h9v-3M9 3.500h3.500V7M12.500 3.500L7.500 8.500',
  download: 'M8 2.500v7M5 7l3 3 3-3M3.500 13h9',
} as const
export type IconName = keyof typeof SHAPES

/** An icon in the colour of its text. Hidden from screen readers: a word stands beside it. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg
      class="icon"
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      stroke-width="1.800"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      <path d={SHAPES[name]} />
    </svg>
  )
}
