"""Why a number is withheld, as a stable code."""

from enum import StrEnum


class Reason(StrEnum):
    """Public codes: they are stored, sent and never renamed. The comment says what a person can do about it."""

    TOO_SHORT = "too_short"  # record longer
    FRAME_RATE_TOO_LOW = "frame_rate_too_low"  # record with more frames per second
    NO_FACE = "no_face"  # point the camera at a face
    FACE_LOST = "face_lost"  # keep the face in view
    SIGNAL_LOST = "signal_lost"  # of a wave: keep the sensor on the skin
    MOTION = "motion"  # hold still
    ILLUMINATION = "illumination"  # steady the light
    COMPRESSION = "compression"  # record at a higher bit rate
    FRAME_TIMING = "frame_timing"  # the camera or the network loses frames
    WEAK_PULSE = "weak_pulse"  # come nearer, add light
    METHODS_DISAGREE = "methods_disagree"
    REGIONS_DISAGREE = "regions_disagree"
    UNSTABLE_RATE = "unstable_rate"  # no steady rate over time
    TOO_FEW_BEATS = "too_few_beats"  # for variability or breathing: record longer
    IRREGULAR_BEATS = "irregular_beats"  # too many beats missed, or an irregular rhythm
