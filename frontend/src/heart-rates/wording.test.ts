import { expect, it } from "vitest";
import type { Job, Video } from "../api/types";
import { resultOf } from "./result";
import { apartInWords, bandInWords, qualityRows, rateInWords, sourcesInWords } from "./wording";

it("never makes a band narrower by rounding", () => {
  expect(bandInWords(70.9, 74.1)).toBe("70 to 75 bpm");
  expect(bandInWords(70, 75)).toBe("70 to 75 bpm");
});

it("writes a rate to a tenth, and no tenth where there is none", () => {
  expect([72.44, 118, 59.96].map(rateInWords)).toEqual(["72.4 bpm", "118 bpm", "60 bpm"]);
});

it("never lets a disagreement read as agreement", () => {
  expect(apartInWords({ disagreement_bpm: 10.01 })).toBe("10.1 bpm");
  expect(apartInWords({ disagreement_bpm: 24 })).toBe("24 bpm");
});

it("names each source with its own rate", () => {
  const sources = [
    { source: "rppg" as const, device: "upload", bpm: 72.4, quality: 0.9 },
    { source: "wearable" as const, device: "watch", bpm: 118, quality: 0.5 },
  ];
  expect(sourcesInWords(sources)).toBe("camera 72.4 bpm, wearable 118 bpm");
});

it("shows every figure of quality, the known by name and first", () => {
  const rows = qualityRows({ brand_new: 0.123, snr_db: -3.2, face_share: 0.987 });
  expect(rows).toEqual([
    { name: "Face in sight", value: "99 %" },
    { name: "Pulse over noise", value: "−3.2 dB" },
    { name: "Brand new", value: "0.12" },
  ]);
});

it("says of a video the rate with its band, or why there is none", () => {
  const job = (state: Job["state"], error: Job["error"] = null) => ({ state, error }) as Job;
  const reading = (report: object) => ({ report }) as Video["reading"];
  const given = reading({ bpm: 72.4, bpm_low: 70.9, bpm_high: 74.1, reason: null });
  expect(resultOf({ reading: given, job: job("succeeded") })).toBe("72.4 bpm (70 to 75 bpm)");
  const withheld = reading({ bpm: null, bpm_low: null, bpm_high: null, reason: "motion" });
  expect(resultOf({ reading: withheld, job: job("succeeded") })).toBe("Withheld: The head moved too much.");
  const error = { code: "audio_only", detail: "The file holds sound alone.", retryable: false };
  expect(resultOf({ reading: null, job: job("refused", error) })).toBe("Not analysed: The file holds sound alone.");
  expect(resultOf({ reading: null, job: job("queued", error) })).toBe("Not analysed yet");
});
