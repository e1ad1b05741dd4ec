/** One part of a stacked bar, as shares of its length. */
export interface Segment {
  start: number;
  share: number;
}

/** Shares one after another; they are scaled to fill the bar, so that rounding leaves no gap. */
export function stacked(shares: readonly number[]): Segment[] {
  const whole = shares.reduce((sum, share) => sum + share, 0);
  let start = 0;
  return shares.map((size) => {
    const segment = { start, share: whole > 0 ? size / whole : 0 };
    start += segment.share;
    return segment;
  });
}
