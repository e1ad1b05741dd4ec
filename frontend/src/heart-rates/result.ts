import type { Video } from "../api/types";
import { isWithoutResult } from "../jobs/outcome";
import { wordsOf } from "./reasons";
import { bandInWords, rateInWords } from "./wording";

/** What a video says in one line of a list. */
export function resultOf({ reading, job }: Pick<Video, "reading" | "job">): string {
  if (reading) {
    const { bpm, bpm_low, bpm_high, reason } = reading.report;
    if (bpm === null) return `Withheld: ${wordsOf(reason).why}`;
    return rateInWords(bpm) + (bpm_low !== null && bpm_high !== null ? ` (${bandInWords(bpm_low, bpm_high)})` : "");
  }
  if (job?.error && isWithoutResult(job)) return `Not analysed: ${job.error.detail}`;
  return "Not analysed yet";
}
