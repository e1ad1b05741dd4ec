import { type ReactNode, useLayoutEffect, useRef, useState } from "react";
import { linear, type Scale } from "./scale";

/** Where the values of a plot lie on the page, in pixels of the drawing. */
export interface Field {
  x: Scale;
  y: Scale;
  width: number;
  height: number;
}

interface Props {
  /** What the plot says, for whoever does not see it; the figures themselves stand in a table. */
  label: string;
  xDomain: readonly [number, number];
  yDomain: readonly [number, number];
  height: number;
  children: (field: Field) => ReactNode;
}

export const MARGIN = { left: 48, right: 24, top: 12, bottom: 28 };

/** A plot as wide as its place. Drawn in real pixels, so that letters keep their size on a narrow screen. */
export function Plot({ label, xDomain, yDomain, height, children }: Props) {
  const [frame, width] = useWidth();
  const x = linear(xDomain, [MARGIN.left, Math.max(MARGIN.left + 1, width - MARGIN.right)]);
  const y = linear(yDomain, [height - MARGIN.bottom, MARGIN.top]);
  return (
    <div ref={frame} className="plot">
      <svg role="img" aria-label={label} width={width} height={height} viewBox={`0 0 ${width} ${height}`}>
        {children({ x, y, width, height })}
      </svg>
    </div>
  );
}

interface AxisProps {
  field: Field;
  at: readonly number[];
  text: (value: number) => string;
}

/** Horizontal lines with their values at the left. */
export function LeftAxis({ field: { x, y }, at, text }: AxisProps) {
  const [start, end] = x.domain;
  return at.map((value) => (
    <g key={value}>
      <line className="grid" x1={x(start)} x2={x(end)} y1={y(value)} y2={y(value)} />
      <text x={MARGIN.left - 8} y={y(value)} dy="0.32em" textAnchor="end">
        {text(value)}
      </text>
    </g>
  ));
}

/** Values below the plot. */
export function BottomAxis({ field: { x, height }, at, text }: AxisProps) {
  const base = height - MARGIN.bottom;
  return at.map((value) => (
    <g key={value}>
      <line className="axis" x1={x(value)} x2={x(value)} y1={base} y2={base + 4} />
      <text x={x(value)} y={base + 18} textAnchor="middle">
        {text(value)}
      </text>
    </g>
  ));
}

/** The width of an element, followed while it changes. */
function useWidth() {
  const element = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(640);
  useLayoutEffect(() => {
    if (!element.current) return undefined;
    const watch = new ResizeObserver(([entry]) => entry && setWidth(Math.round(entry.contentRect.width)));
    watch.observe(element.current);
    return () => watch.disconnect();
  }, []);
  return [element, width] as const;
}
