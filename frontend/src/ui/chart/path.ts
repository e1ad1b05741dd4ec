/** A point on a page; `y` is null where there is no value. */
export interface Place {
  x: number;
  y: number | null;
}

/** An SVG path through the points in their order, broken where a value is missing. */
export function linePath(points: readonly Place[]): string {
  let isDrawing = false;
  return points
    .map(({ x, y }) => {
      if (y === null) {
        isDrawing = false;
        return "";
      }
      const step = `${isDrawing ? "L" : "M"}${at(x)},${at(y)}`;
      isDrawing = true;
      return step;
    })
    .join("");
}

/** A closed SVG path between a lower and an upper edge. */
export function bandPath(points: readonly { x: number; low: number; high: number }[]): string {
  if (points.length === 0) return "";
  const there = points.map(({ x, high }) => `${at(x)},${at(high)}`);
  const back = points.toReversed().map(({ x, low }) => `${at(x)},${at(low)}`);
  return `M${[...there, ...back].join("L")}Z`;
}

function at(value: number): string {
  return String(Math.round(value * 10) / 10);
}
