import type { WithheldReason } from "../api/types";

/** Why a number is withheld in plain words, and what a person can do about it. */
export interface ReasonWords {
  why: string;
  advice: string;
}

/** Every reason that the heart rate service knows; the type makes a new one without words an error. */
export const REASONS: Record<WithheldReason, ReasonWords> = {
  too_short: { why: "The video is too short.", advice: "Record at least 15 seconds, better 30." },
  frame_rate_too_low: {
    why: "The video has too few frames per second to follow a pulse.",
    advice: "Record with at least 25 frames per second.",
  },
  no_face: { why: "No face was found.", advice: "Point the camera at the face, from the front and in good light." },
  face_lost: {
    why: "The face was out of sight for too long.",
    advice: "Keep the whole face in view and uncovered throughout.",
  },
  signal_lost: { why: "The sensor lost the skin.", advice: "Fasten the sensor and keep it on the skin." },
  motion: { why: "The head moved too much.", advice: "Record again with the head at rest and the camera fixed." },
  illumination: {
    why: "The light changed.",
    advice: "Record again in steady light: no screen, no passing shadow, automatic exposure off.",
  },
  compression: { why: "The video is compressed too strongly.", advice: "Record at a higher bit rate or quality." },
  frame_timing: {
    why: "The camera or the network lost frames.",
    advice: "Record on the device itself, or free the network and the camera from other work.",
  },
  weak_pulse: {
    why: "The pulse in the skin is too weak to be told from noise.",
    advice: "Come nearer with the camera and add light to the face.",
  },
  methods_disagree: {
    why: "Different ways to read the pulse give different rates.",
    advice: "Record again at rest in steady light, or measure with a sensor on the skin.",
  },
  regions_disagree: {
    why: "Different parts of the face give different rates.",
    advice: "Light the face evenly, uncover it, and record again.",
  },
  unstable_rate: {
    why: "No steady rate was found over time.",
    advice: "Record for longer at rest; where the rhythm may be irregular, record an ECG.",
  },
  too_few_beats: { why: "Too few beats were seen.", advice: "Record at least a minute." },
  irregular_beats: {
    why: "Too many beats were missed, or the rhythm is irregular.",
    advice: "Record again at rest; if it stays so, record an ECG.",
  },
};

/** Why and what to do, in two sentences; a reason that a newer service gives still shows its code. */
export function reasonInWords(reason: WithheldReason | null): string {
  const known = wordsOf(reason);
  return `${known.why} ${known.advice}`;
}

/** The words of a reason, whatever the service says. */
export function wordsOf(reason: WithheldReason | null): ReasonWords {
  if (reason !== null && Object.hasOwn(REASONS, reason)) return REASONS[reason];
  return { why: `The reason is “${reason ?? "not recorded"}”.`, advice: "Measure the heart rate in another way." };
}
