import { expect, it } from "vitest";
import type { HeartRateReading, HeartRateReport } from "../api/types";
import { plotsOf } from "./plots";

const report = {
  bpm: 72,
  reason: null,
  pulse: { start_s: 0, rate_hz: 30, values: Array.from({ length: 900 }, () => 0) },
  spectrum: { bpm: [60, 72.4, 80], power: [0.1, 0.8, 0.1] },
  trend: {
    times_s: [5, 6, 7],
    bpm: [71.2, null, 73],
    low: [70.1, null, 71],
    high: [72.4, null, 75],
    confidence: [0.9, 0.1, 0.9],
  },
} as unknown as HeartRateReport;
const links = {
  pulse_svg: "/pulse.svg",
  pulse_png: "/pulse.png",
  spectrum_svg: "/spectrum.svg",
  spectrum_png: "/spectrum.png",
  trend_svg: "/trend.svg",
  trend_png: "/trend.png",
  fhir: "/fhir",
};
const NONE = Object.fromEntries(Object.keys(links).map((key) => [key, null])) as unknown as HeartRateReading["links"];

it("says in words what each picture shows", () => {
  expect(plotsOf({ report, links }).map(({ alt }) => alt)).toEqual([
    "Pulse wave of the last 20 of 30 seconds: about 24 beats",
    "Spectrum of the pulse: highest peak at 72.4 bpm; the rate is marked at 72 bpm",
    "Heart rate over time: from 71.2 to 73 bpm, band 70 to 75 bpm; 2 of 3 seconds are believed",
  ]);
});

it("names no rate where it is withheld", () => {
  const nothing = { bpm: [null], low: [null], high: [null], times_s: [5], confidence: [0.1] };
  const withheld = { ...report, bpm: null, reason: "motion" as const, trend: nothing };
  const [wave, spectrum, trend] = plotsOf({ report: withheld, links }).map(({ alt }) => alt);
  expect(wave).toBe("Pulse wave of the last 20 of 30 seconds: the rate is withheld");
  expect(spectrum).toContain("no rate is marked, since it is withheld");
  expect(trend).toBe("Heart rate over time: none. The head moved too much.");
});

it("offers no picture where none was drawn", () => {
  const empty = { ...report, bpm: null, reason: "no_face" as const, pulse: null, spectrum: null };
  for (const { svg, png } of plotsOf({ report: empty, links: NONE })) expect([svg, png]).toEqual([null, null]);
});
