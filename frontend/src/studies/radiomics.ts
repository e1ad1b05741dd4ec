import type { CtReport } from "../api/types";

type Radiomics = NonNullable<CtReport["radiomics"]>;

/** One feature: its name, and for each lesion class its value with the unit; null where it is undefined. */
export interface FeatureRow {
  name: string;
  values: (string | null)[];
}

/** The features in the order in which they are read, with their units. */
const SHAPE_UNITS: Record<string, string> = {
  VoxelVolume: "mm³",
  MeshVolume: "mm³",
  SurfaceArea: "mm²",
  SurfaceVolumeRatio: "mm⁻¹",
  Sphericity: "",
  Elongation: "",
  Flatness: "",
  MajorAxisLength: "mm",
  MinorAxisLength: "mm",
  LeastAxisLength: "mm",
  Maximum3DDiameter: "mm",
  Maximum2DDiameterSlice: "mm",
  Maximum2DDiameterColumn: "mm",
  Maximum2DDiameterRow: "mm",
};

const FIRST_ORDER_UNITS: Record<string, string> = {
  Mean: "HU",
  Median: "HU",
  Minimum: "HU",
  Maximum: "HU",
  Range: "HU",
  "10Percentile": "HU",
  "90Percentile": "HU",
  InterquartileRange: "HU",
  MeanAbsoluteDeviation: "HU",
  RobustMeanAbsoluteDeviation: "HU",
  RootMeanSquared: "HU",
  Variance: "HU²",
  Skewness: "",
  Kurtosis: "",
  Energy: "HU²",
  Entropy: "bit",
  Uniformity: "",
};

/** The lesion classes that were measured, the haematoma first. */
export function measuredClasses(radiomics: Radiomics): string[] {
  return Object.keys(radiomics).sort();
}

/** Every feature that at least one class has, a value for each of `measuredClasses`. */
export function featureRows(radiomics: Radiomics): FeatureRow[] {
  const measured = measuredClasses(radiomics).map((name) => radiomics[name]);
  const rows = (group: "shape" | "first_order", units: Record<string, string>) =>
    Object.entries(units).map(([name, unit]) => ({
      name,
      values: measured.map((features) => quantity(features?.[group][name], unit)),
    }));
  const all = [...rows("shape", SHAPE_UNITS), ...rows("first_order", FIRST_ORDER_UNITS)];
  return all.filter((row) => row.values.some((value) => value !== null));
}

function quantity(value: number | undefined, unit: string): string | null {
  if (value === undefined) return null;
  const figure = new Intl.NumberFormat("en", { maximumSignificantDigits: 4, useGrouping: false }).format(value);
  return unit ? `${figure} ${unit}` : figure;
}
