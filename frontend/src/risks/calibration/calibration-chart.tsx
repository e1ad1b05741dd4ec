import type { CalibrationBand } from "../../api/types";
import { BottomAxis, LeftAxis, Plot } from "../../ui/chart/plot";
import { ticks } from "../../ui/chart/scale";
import { calibrationInWords, pointsOf } from "./wording";

const SHARES = [0, 1] as const;

/** The reliability diagram: each band of predictions against the share that came true, with its interval. */
export function CalibrationChart({ bands }: { bands: CalibrationBand[] }) {
  const shown = ticks(0, 1, 5);
  const text = (share: number) => `${Math.round(share * 100)} %`;
  return (
    <figure>
      <figcaption>
        Expanded (upwards, with the 95 % interval) against predicted (to the right). On the broken line, as many expand
        as were predicted to. The number is that of the predictions.
      </figcaption>
      <Plot label={calibrationInWords(bands)} xDomain={SHARES} yDomain={SHARES} height={320}>
        {(field) => (
          <>
            <LeftAxis field={field} at={shown} text={text} />
            <BottomAxis field={field} at={shown} text={text} />
            <line className="ideal" x1={field.x(0)} y1={field.y(0)} x2={field.x(1)} y2={field.y(1)} />
            {pointsOf(bands).map(({ predicted, value, low, high, count }) => (
              <g key={predicted}>
                <line
                  className="band"
                  x1={field.x(predicted)}
                  x2={field.x(predicted)}
                  y1={field.y(low)}
                  y2={field.y(high)}
                />
                <circle className="dot" cx={field.x(predicted)} cy={field.y(value)} r="5" />
                <text x={field.x(predicted) + 10} y={field.y(value)} dy="0.32em">
                  {count}
                </text>
              </g>
            ))}
          </>
        )}
      </Plot>
    </figure>
  );
}
