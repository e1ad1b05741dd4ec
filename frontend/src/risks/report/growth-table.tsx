import type { Growth } from "../../api/types";
import { TableFrame } from "../../ui/table-frame";
import { Timestamp } from "../../ui/timestamp";
import { linear } from "../../ui/chart/scale";
import { definitionInWords, EXPANDED_WORDS, growthInWords, signed, volumeInWords } from "../wording";

const WIDTH = 160;

/** What became of the haematoma from the first CT to each later one. */
export function GrowthTable({ growth }: { growth: Growth[] }) {
  const extent = extentOf(growth);
  return (
    <>
      <TableFrame>
        <table>
          <thead>
            <tr>
              <th scope="col">Later CT</th>
              <th scope="col">Haematoma, first to later</th>
              <th scope="col">Growth (band of the outlines)</th>
              <th scope="col">Expansion</th>
            </tr>
          </thead>
          <tbody>
            {growth.map((grown) => (
              <tr key={grown.later.finding_id}>
                <td>
                  <Timestamp value={grown.later.at} />
                  <span className="fine-print">
                    {grown.later.hours_from_onset !== null &&
                      `, ${grown.later.hours_from_onset.toFixed(0)} h from onset`}
                    {grown.later.at_is_arrival && " (when it arrived)"}
                  </span>
                </td>
                <td>
                  {volumeInWords(grown.first.haematoma_ml, grown.first.haematoma_ml_range)} →{" "}
                  {volumeInWords(grown.later.haematoma_ml, grown.later.haematoma_ml_range)}
                </td>
                <td className="no-break">
                  {growthInWords(grown)}
                  {grown.relative !== null && `, ${signed(grown.relative * 100, 0)} %`}
                  <GrowthBand growth={grown} extent={extent} />
                </td>
                <td>
                  <strong>{EXPANDED_WORDS[grown.expanded]}</strong>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </TableFrame>
      <p className="fine-print">Expansion: {definitionInWords(growth[0]?.definition ?? "")}.</p>
    </>
  );
}

/** The growth as a point on its band, beside the line of no growth. */
function GrowthBand({ growth, extent }: { growth: Growth; extent: readonly [number, number] }) {
  const x = linear(extent, [8, WIDTH - 8]);
  const [low = growth.growth_ml, high = low] = growth.growth_ml_range ?? [];
  return (
    <svg className="interval" width={WIDTH} height="18" viewBox={`0 0 ${WIDTH} 18`} aria-hidden="true">
      <line className="axis" x1={x(0)} x2={x(0)} y1="0" y2="18" />
      <line className="band" x1={x(low)} x2={x(high)} y1="9" y2="9" />
      <circle className="dot" cx={x(growth.growth_ml)} cy="9" r="4" />
    </svg>
  );
}

/** From the least to the greatest growth that any band allows, 0 among them. */
function extentOf(growth: Growth[]): readonly [number, number] {
  const ends = growth.flatMap(({ growth_ml, growth_ml_range }) => growth_ml_range ?? [growth_ml]);
  return [Math.min(0, ...ends), Math.max(0, ...ends)];
}
