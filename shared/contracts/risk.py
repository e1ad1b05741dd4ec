"""What risk scoring says of one patient. Stored as JSON and served by the gateway as it is."""

from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationInfo, field_validator

Probability = Annotated[float, Field(ge=0, le=1)]
# Beyond anything survivable or measurable, not beyond the normal: such a value is a slip of the keyboard.
VolumeMl = Annotated[float, Field(ge=0, le=1000, description="mL")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class RiskLevel(StrEnum):
    """How closely a patient has to be watched."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"


class RiskFacts(_Part):
    """What may be known of a patient, in one vocabulary for records, devices, images and questions.

    null is "not known", and never taken for no, absent or zero.
    """

    age_years: float | None = Field(None, ge=0, le=130, description="years")
    sex: Literal["male", "female"] | None = None
    onset_to_ct_h: float | None = Field(None, gt=0, le=17520, description="hours from onset to the first CT")

    premorbid_mrs: int | None = Field(None, ge=0, le=5, description="modified Rankin Scale before the stroke")
    hypertension: bool | None = None
    prior_stroke: bool | None = None
    diabetes: bool | None = None
    atrial_fibrillation: bool | None = None
    coronary_heart_disease: bool | None = None
    smoking: bool | None = None
    alcohol: bool | None = None
    heavy_alcohol: bool | None = None
    anticoagulant: bool | None = Field(None, description="takes any anticoagulant")
    warfarin: bool | None = None
    antiplatelet: bool | None = None
    coagulopathy: bool | None = None
    recurrent_haemorrhage: bool | None = Field(None, description="an earlier intracerebral haemorrhage")
    cognitive_impairment_before: bool | None = Field(None, description="before the haemorrhage")
    primary_haemorrhage: bool | None = Field(None, description="not by trauma, tumour, malformation or infarct")
    pregnant: bool | None = None

    haematoma_ml: VolumeMl | None = None
    oedema_ml: VolumeMl | None = None
    intraventricular: bool | None = Field(None, description="blood in the ventricles")
    location: Literal["lobar", "deep", "infratentorial"] | None = None
    blend_sign: bool | None = None
    hypodensity: bool | None = Field(None, description="any hypodensity in the haematoma")
    spot_sign: Literal["absent", "present", "unavailable"] | None = Field(None, description="in CT angiography")

    systolic_mmhg: float | None = Field(None, ge=40, le=350, description="mmHg")
    diastolic_mmhg: float | None = Field(None, ge=20, le=250, description="mmHg")
    pulse_per_min: float | None = Field(None, ge=20, le=300, description="/min")
    respirations_per_min: float | None = Field(None, ge=1, le=100, description="/min")
    spo2_percent: float | None = Field(None, ge=30, le=100, description="%")
    spo2_scale: Literal[1, 2] | None = Field(None, description="2: a target of 88 to 92 % was prescribed")
    on_oxygen: bool | None = None
    temperature_c: float | None = Field(None, ge=20, le=46, description="°C")
    glucose_mmol_l: float | None = Field(None, ge=0.5, le=111, description="mmol/L")
    gcs: int | None = Field(None, ge=3, le=15, description="Glasgow Coma Scale")
    nihss: int | None = Field(None, ge=0, le=42, description="National Institutes of Health Stroke Scale")
    consciousness: Literal["alert", "new_confusion", "voice", "pain", "unresponsive"] | None = None

    @field_validator("diastolic_mmhg")
    @classmethod
    def _below_the_systolic(cls, low: float | None, info: ValidationInfo) -> float | None:
        high = info.data.get("systolic_mmhg")
        if low is not None and high is not None and low >= high:
            raise ValueError("the diastolic pressure is not below the systolic")
        return low


class Known(_Part):
    """A fact that was used, where it comes from, and of when it is."""

    name: str
    value: bool | int | float | str
    source: str = Field(description="record, history, finding, vital, derived or asked")
    detail: str | None = Field(None, description="Which device, or how it was derived")
    at: AwareDatetime | None = None
    when: Literal["admission", "present"] = "admission"


class NotComputableReason(_Part):
    """Why something could not be computed."""

    code: Literal["missing", "not_applicable", "invalid"]
    field: str
    detail: str


class NotComputable(_Part):
    """There is no figure, and these are all the reasons."""

    status: Literal["not_computable"] = "not_computable"
    reasons: list[NotComputableReason] = Field(min_length=1)


class Contribution(_Part):
    """What one feature or sign adds. ``known`` is false where it was not known and therefore adds nothing."""

    name: str
    label: str
    contribution: float
    known: bool = True
    reason: str | None = Field(None, description="Why it counts")


class ModelName(_Part):
    """Which model, in which version."""

    name: str
    version: str


class Expansion(_Part):
    """How likely the haematoma grows, and what each feature adds to the log odds of that."""

    status: Literal["computed"] = "computed"
    probability: Probability
    base_probability: Probability = Field(description="Of a patient with every feature at the cohort's mean")
    variant: Literal["admission", "clinical"] = Field(description="With or without what the CT shows")
    definition: str
    contributions: list[Contribution]
    out_of_range: list[str] = Field(description="Features outside what the model learned from")
    model: ModelName
    first_finding_id: UUID | None = Field(description="The CT whose haematoma it is about")


class Outcome(_Part):
    """The modified Rankin Scale at 90 days; contributions are log odds towards worse."""

    status: Literal["computed"] = "computed"
    mrs: int = Field(ge=0, le=6, description="The median")
    probabilities: list[Probability] = Field(min_length=7, max_length=7, description="Of mRS 0 to 6")
    probability_disabled: Probability = Field(description="P(mRS >= 3)")
    base_probability_disabled: Probability
    variant: Literal["admission", "follow_up"]
    definition: str
    contributions: list[Contribution]
    out_of_range: list[str]
    model: ModelName


class ScoreItem(_Part):
    """The points of one item, and why."""

    title: str
    points: int
    reason: str


class ScoreMeaning(_Part):
    """What a total stands for, as published."""

    outcome: str
    probability: Probability | None
    words: str


class ClinicalScore(_Part):
    """A published score with the points behind its total."""

    status: Literal["computed"] = "computed"
    total: int
    lowest: int
    highest: int
    higher_is: Literal["worse", "better"]
    items: list[ScoreItem]
    meanings: list[ScoreMeaning]
    unchecked: list[str] = Field(description="For whom it is made, as far as the facts do not tell")
    cautions: list[str]
    provenance: str
    citation: str


class NamedScore(_Part):
    """One of the clinical scores, computed or not."""

    name: str
    title: str
    version: str
    result: Annotated[ClinicalScore | NotComputable, Field(discriminator="status")]


class Signal(_Part):
    """One signal's part of a complete picture, and how much of it was seen, and how well."""

    name: str
    share: Probability
    coverage: Probability


class Bedside(_Part):
    """How the patient does at present, from what was seen and measured in the last minutes to hours."""

    level: RiskLevel = Field(description="After hysteresis: moves when several half minutes agree")
    momentary_level: RiskLevel = Field(description="Of this score alone")
    score: float = Field(ge=0, le=100)
    confidence: Probability = Field(description="How much of a complete picture was seen; no probability")
    contributions: list[Contribution] = Field(description="In points of the score, the largest first")
    signals: list[Signal]
    calls: Literal["raised", "escalated", "reminder"] | None = Field(description="Whether a person was called now")
    model: ModelName


class Exam(_Part):
    """One CT of the patient, by the hours from onset."""

    finding_id: UUID
    at: AwareDatetime
    at_is_arrival: bool = Field(description="The images do not tell when they were made: when they arrived")
    hours_from_onset: float | None
    haematoma_ml: float
    haematoma_ml_range: tuple[float, float] | None
    oedema_ml: float


class Growth(_Part):
    """What became of the haematoma from the first CT to a later one."""

    first: Exam
    later: Exam
    growth_ml: float
    growth_ml_range: tuple[float, float] | None = Field(description="From how far both outlines could move")
    relative: float | None = Field(description="Of the first volume; null where that is under 0.001 mL")
    definition: str
    expanded: Literal["yes", "no", "uncertain", "new_bleed", "too_late"] = Field(
        description="too_late: after the window of the definition"
    )


class OedemaExam(_Part):
    """How much oedema one CT showed."""

    hours_from_onset: float
    oedema_ml: VolumeMl


class ExpectedOedema(_Part):
    """The volume to expect at one hour, and the bands in which a measured one should lie."""

    hours_from_onset: float
    median_ml: float
    band_80_ml: tuple[float, float]
    band_95_ml: tuple[float, float]


class OedemaCourse(_Part):
    """The oedema measured so far, and what to expect from the last CT to day 21, from all CTs made so far."""

    status: Literal["computed"] = "computed"
    measured: list[OedemaExam] = Field(min_length=1, description="By time")
    expected: list[ExpectedOedema] = Field(description="By time, the first at the last CT's hour")
    not_used: list[str] = Field(description="What the best model would also read, and is not known of the patient")
    model: ModelName


class AskedBehaviour(_Part):
    """An action that somebody imagines the patient to be seen in until now."""

    kind: str = Field(min_length=1, max_length=64, pattern=r"^[a-z][a-z0-9_]*$")
    seconds: float = Field(ge=0, le=86400)
    confidence: Probability = 1.0


class WhatIfQuestion(_Part):
    """What to compute the risk from instead of what is known; a fact given as null is taken away."""

    facts: RiskFacts = Field(default_factory=RiskFacts)
    behaviour: list[AskedBehaviour] = Field(
        default_factory=list, max_length=20, description="In addition to what was seen"
    )


class RiskReport(_Part):
    """Everything that was computed for one patient at one time."""

    computed_at: AwareDatetime
    expansion: Annotated[Expansion | NotComputable, Field(discriminator="status")]
    outcome: Annotated[Outcome | NotComputable, Field(discriminator="status")]
    scores: list[NamedScore]
    bedside: Bedside
    exams: list[Exam] = Field(description="By time")
    growth: list[Growth] = Field(description="From the first CT to each later one")
    oedema_course: Annotated[OedemaCourse | NotComputable, Field(discriminator="status")] | None = Field(
        None, description="null in reports made before there was any"
    )
    facts: list[Known] = Field(description="All that was used")
    notes: list[str] = Field(description="What must be read with it")
