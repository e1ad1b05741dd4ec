import type { Readable } from "openapi-typescript-helpers";
import type { components } from "./schema";

type Schemas = components["schemas"];
/** A schema as answers carry it, in the very form that the client returns. */
type Answered<Name extends keyof Schemas> = Readable<Schemas[Name]>;

export type User = Answered<"User">;
export type NewUser = Schemas["UserIn"];
export type Role = Schemas["Role"];
export type Patient = Answered<"Patient">;
export type PatientInput = Schemas["PatientIn"];
export type History = NonNullable<PatientInput["history"]>;
export type Sex = Schemas["Sex"];
export type Study = Answered<"Study">;
export type AcceptedStudy = Answered<"StudyAccepted">;
export type Priority = Schemas["Priority"];
export type Job = Answered<"Job">;
export type JobState = Schemas["JobState"];
export type Finding = Answered<"Finding">;
export type CtReport = Answered<"CtReport">;
export type Risk = Answered<"Risk">;
export type RiskSummary = Answered<"RiskSummary">;
export type RiskReport = Answered<"RiskReport">;
export type RiskLevel = Schemas["RiskLevel"];
export type RiskFacts = Schemas["RiskFacts"];
export type Contribution = Answered<"Contribution">;
export type WhatIfQuestion = Schemas["WhatIfQuestion"];
export type Alert = Answered<"Alert">;
export type AlertState = Schemas["AlertState"];
