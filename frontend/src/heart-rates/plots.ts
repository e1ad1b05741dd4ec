import type { HeartRateReading, HeartRateReport } from "../api/types";
import { wordsOf } from "./reasons";
import { bandInWords, rateInWords } from "./wording";

/** One plot of a reading: its picture, and in words what the picture shows. */
export interface PlotPicture {
  title: string;
  svg: string | null;
  png: string | null;
  alt: string;
}

/** The service draws this much of the pulse wave: in more, beats cannot be told apart. */
const SHOWN_S = 20;

/** Pulse wave, spectrum and trend of a reading. */
export function plotsOf({ report, links }: Pick<HeartRateReading, "report" | "links">): PlotPicture[] {
  return [
    { title: "Pulse wave", svg: links.pulse_svg, png: links.pulse_png, alt: waveInWords(report) },
    { title: "Spectrum", svg: links.spectrum_svg, png: links.spectrum_png, alt: spectrumInWords(report) },
    { title: "Trend", svg: links.trend_svg, png: links.trend_png, alt: trendInWords(report) },
  ];
}

function waveInWords({ pulse, bpm }: HeartRateReport): string {
  if (!pulse || pulse.values.length === 0) return "Pulse wave: none";
  const seconds = pulse.values.length / pulse.rate_hz;
  const shown = Math.min(SHOWN_S, seconds);
  const beats = bpm === null ? "the rate is withheld" : `about ${Math.round((bpm / 60) * shown)} beats`;
  return `Pulse wave of the last ${shown.toFixed(0)} of ${seconds.toFixed(0)} seconds: ${beats}`;
}

function spectrumInWords({ spectrum, bpm }: HeartRateReport): string {
  if (!spectrum || spectrum.power.length === 0) return "Spectrum of the pulse: none";
  const top = spectrum.power.indexOf(Math.max(...spectrum.power));
  const peak = `highest peak at ${rateInWords(spectrum.bpm[top] ?? 0)}`;
  const given = bpm === null ? "no rate is marked, since it is withheld" : `the rate is marked at ${rateInWords(bpm)}`;
  return `Spectrum of the pulse: ${peak}; ${given}`;
}

function trendInWords({ trend, reason }: HeartRateReport): string {
  const known = trend.bpm.filter((bpm) => bpm !== null);
  const all = `${known.length} of ${trend.bpm.length} seconds are believed`;
  if (known.length === 0) return `Heart rate over time: none. ${wordsOf(reason).why}`;
  const lows = trend.low.filter((bpm) => bpm !== null);
  const highs = trend.high.filter((bpm) => bpm !== null);
  const rates = `from ${Number(Math.min(...known).toFixed(1))} to ${rateInWords(Math.max(...known))}`;
  return `Heart rate over time: ${rates}, band ${bandInWords(Math.min(...lows), Math.max(...highs))}; ${all}`;
}
