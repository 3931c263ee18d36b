// What leave takes of a day. Windows of one person and day are { start, end }, minutes after midnight.

/** The opening hours less the leave that reaches into them from either end; all of them when nothing is left. */
export function present({ open, close }, windows) {
  let [from, until] = [open, close];
  for (const window of windows.toSorted((a, b) => a.start - b.start)) if (window.start <= from) from = Math.max(from, window.end);
  for (const window of windows.toSorted((a, b) => b.end - a.end)) if (window.end >= until) until = Math.min(until, window.start);
  return from < until ? { open: from, close: until } : { open, close };
}

/** How much of a shift lies within leave, or of a whole day when there is none: "away", "partly" or null. */
export function taken(windows, shift) {
  if (!windows.length) return null;
  return !shift || windows.some((window) => window.start <= shift.start && window.end >= shift.end) ? "away" : "partly";
}
