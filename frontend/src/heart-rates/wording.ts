import type { DeviceRate, FusedPoint, HeartRateReport } from "../api/types";
import { words } from "../ui/format";

/** What measures a heart rate, by name. */
export const SOURCE_NAMES: Record<DeviceRate["source"], string> = {
  rppg: "Camera",
  wearable: "Wearable",
  monitor: "Monitor",
  staff: "Counted by staff",
};

/** A rate with its unit, to a tenth where it has one: `72.4 bpm`. */
export function rateInWords(bpm: number): string {
  return `${Number(bpm.toFixed(1))} bpm`;
}

/** The band in which the rate lies, in whole numbers that never make it narrower: `70 to 75 bpm`. */
export function bandInWords(low: number, high: number): string {
  return `${Math.floor(low)} to ${Math.ceil(high)} bpm`;
}

/** Who says what, and how far apart: `monitor 88 bpm, camera 112 bpm`. */
export function sourcesInWords(sources: readonly DeviceRate[]): string {
  return sources.map(({ source, bpm }) => `${SOURCE_NAMES[source].toLowerCase()} ${rateInWords(bpm)}`).join(", ");
}

/** How far the devices lie apart. Rounded up, so that what is flagged never reads as within the bound. */
export function apartInWords({ disagreement_bpm }: Pick<FusedPoint, "disagreement_bpm">): string {
  return `${Math.ceil(10 * (disagreement_bpm ?? 0)) / 10} bpm`;
}

/** A method as its papers write it. */
export function methodName(method: string): string {
  return method.toUpperCase();
}

/** What a figure of quality is called, and its unit. */
const QUALITY: Record<string, { name: string; unit?: string; isShare?: true }> = {
  duration_s: { name: "Analysed", unit: "s" },
  face_share: { name: "Face in sight", isShare: true },
  windows: { name: "Windows used" },
  snr_db: { name: "Pulse over noise", unit: "dB" },
  method_agreement: { name: "Methods that agree", isShare: true },
  region_agreement: { name: "Regions that agree", isShare: true },
  regions_seen: { name: "Regions seen", isShare: true },
  steadiness: { name: "Windows with the same rate", isShare: true },
  coherence: { name: "Regions beat together (0 to 1)" },
  colour_agreement: { name: "Regions beat in one colour (0 to 1)" },
  signature: { name: "Likeness to the colour of blood (−1 to 1)" },
  prominence: { name: "Over the best rival (logarithm)" },
  half_line: { name: "Left at half the rate (logarithm)" },
  certainty: { name: "Certainty of the track (log odds)" },
  pulsation: { name: "Strength of the pulse (log₁₀)" },
  spread_bpm: { name: "Spread of the track", unit: "bpm" },
  motion: { name: "Motion (log₁₀ of face widths)" },
  motion_at_rate: { name: "Motion at the rate (log₁₀)" },
  motion_line_db: { name: "Motion’s line at the rate", unit: "dB" },
  light: { name: "Change of light (log₁₀)" },
  light_at_rate: { name: "Change of light at the rate (log₁₀)" },
  light_line_db: { name: "Light’s line at the rate", unit: "dB" },
  lost_bits: { name: "Compression beyond ample (powers of 2)" },
  lost_frames: { name: "Frames below ample (powers of 2)" },
  uneven_timing: { name: "Unevenness of frame times", isShare: true },
};

/** The figures of quality, those that people understand first; a figure that is new comes last, by its code. */
export function qualityRows(quality: HeartRateReport["quality"]): { name: string; value: string }[] {
  const known = Object.keys(QUALITY).filter((code) => quality[code] !== undefined);
  const others = Object.keys(quality).filter((code) => QUALITY[code] === undefined);
  return [...known, ...others].map((code) => {
    const { name, unit, isShare } = QUALITY[code] ?? { name: words(code) };
    const value = quality[code] ?? 0;
    if (isShare) return { name, value: `${Math.round(100 * value)} %` };
    return { name, value: `${Number(value.toFixed(2))}${unit ? ` ${unit}` : ""}`.replace("-", "−") };
  });
}
