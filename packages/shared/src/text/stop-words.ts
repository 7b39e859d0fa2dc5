/** Function words. None of them is part of the name of a type or a tool. */
export const STOP_WORDS: ReadonlySet<string> = new Set(
  `a about am an and any are as at be been being but by can could did do does for from get give had has have he her
  him his how i if in into is it its just like make me my need of on or our ours please she should so some than
  that the their them then there these they this those to too us very want was we were what which will with would you
  your`.split(/\s+/),
)
