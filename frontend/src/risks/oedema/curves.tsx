import { linePath } from "../../ui/chart/path";
import type { Field } from "../../ui/chart/plot";
import type { Curve } from "./course";

/** Curves by their look: the pattern of a line tells them apart without colour. */
export function Curves({ field: { x, y }, curves }: { field: Field; curves: Curve[] }) {
  return curves.map(({ name, look, points }) => (
    <path
      key={name}
      className={`curve ${look}`}
      d={linePath(points.map(({ hours, ml }) => ({ x: x(hours), y: y(ml) })))}
    >
      <title>{name}</title>
    </path>
  ));
}

/** Which line is which. */
export function CurveKey({ curves }: { curves: Pick<Curve, "name" | "look">[] }) {
  return (
    <ul className="legend chart-key">
      {curves.map(({ name, look }) => (
        <li key={name}>
          <svg width="28" height="12" viewBox="0 0 28 12" aria-hidden="true">
            {look === "measured" ? (
              <circle className={look} cx="14" cy="6" r="4.5" />
            ) : (
              <line className={`curve ${look}`} x1="0" x2="28" y1="6" y2="6" />
            )}
          </svg>{" "}
          {name}
        </li>
      ))}
    </ul>
  );
}
