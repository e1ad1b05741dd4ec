import { type ReactNode, useLayoutEffect, useRef, useState } from "react";

/** Holds a table and scrolls sideways where it is too wide; then it can be reached, so that a keyboard scrolls it too. */
export function TableFrame({ children }: { children: ReactNode }) {
  const frame = useRef<HTMLDivElement>(null);
  const [isCut, setCut] = useState(false);
  useLayoutEffect(() => {
    const element = frame.current;
    const table = element?.firstElementChild;
    if (!element || !table) return undefined;
    const watch = new ResizeObserver(() => setCut(element.scrollWidth > element.clientWidth));
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
