import { type ReactNode, useLayoutEffect, useRef, useState } from "react";

/** Holds a table and scrolls sideways where it is too wide; then it can be reached, so that a keyboard scrolls it too. */
export function TableFrame({ children }: { children: ReactNode }) {
  const frame = useRef<HTMLDivElement>(null);
  const [isCut, setCut] = useState(false);
  // Before a new table is painted, so that none is ever shown that a keyboard cannot scroll; the observer sees the rest.
  useLayoutEffect(() => setCut(isCutOff(frame.current)), [children]);
  useLayoutEffect(() => {
    const element = frame.current;
    const table = element?.firstElementChild;
    if (!element || !table) return undefined;
    const watch = new ResizeObserver(() => setCut(isCutOff(element)));
    watch.observe(element);
    watch.observe(table);
    return () => watch.disconnect();
  }, []);
  return (
    <div ref={frame} className="table-frame" {...(isCut && { tabIndex: 0 })}>
      {children}
    </div>
  );
}

function isCutOff(frame: HTMLElement | null): boolean {
  return frame !== null && frame.scrollWidth > frame.clientWidth;
}
