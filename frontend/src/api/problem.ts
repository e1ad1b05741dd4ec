/** One invalid field of a request. */
export interface FieldError {
  field: string;
  message: string;
}

/** An error answer of the gateway (RFC 9457 problem+json), or the lack of any answer (`status` 0). */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly fields: FieldError[];
  readonly correlationId: string | null;

  constructor(status: number, code: string, detail: string, fields: FieldError[] = [], correlationId?: string | null) {
    super(detail);
    this.name = "Problem";
    this.status = status;
    this.code = code;
    this.detail = detail;
    this.fields = fields;
    this.correlationId = correlationId ?? null;
  }

  /** True when the request may have been carried out or may succeed later, so that sending it again makes sense. */
  get outcomeUnknown(): boolean {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500;
  }
}

/** Reads an error answer; a body that is no problem document (a proxy's page) still gets a sentence. */
export function problemFrom(status: number, body: unknown): Problem {
  if (isRecord(body) && typeof body.code === "string") {
    const detail = typeof body.detail === "string" ? body.detail : `The server answered with status ${status}.`;
    const fields = Array.isArray(body.errors) ? body.errors.filter(isFieldError) : [];
    const correlationId = typeof body.correlation_id === "string" ? body.correlation_id : null;
    return new Problem(status, body.code, detail, fields, correlationId);
  }
  return new Problem(status, `http_${status}`, `The server answered with status ${status} and gave no reason.`);
}

/** Any thrown value as a Problem: what fetch throws means that no answer came. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof TypeError) {
    return new Problem(0, "unreachable", "The server did not answer. Check the connection and try again.");
  }
  return new Problem(0, "page_error", error instanceof Error ? error.message : String(error));
}

/** A heading in plain words for what went wrong; `detail` then says what exactly. */
export function headingOf(problem: Problem): string {
  if (problem.code === "unreachable") return "No connection to the server";
  if (problem.code === "queue_full") return "The analysis queue is full";
  if (problem.code === "page_error") return "Something went wrong on this page";
  return (
    HEADINGS[problem.status] ?? (problem.status >= 500 ? "The server had a problem" : "The request was not accepted")
  );
}

/** The message about one field, whether the gateway names it `password` or `body.password`. */
export function fieldMessage(problem: Problem | null, field: string): string | null {
  const found = problem?.fields.find((error) => error.field.split(".").at(-1) === field);
  return found?.message ?? null;
}

const HEADINGS: Record<number, string> = {
  401: "Not signed in",
  403: "You may not do this",
  404: "Not found",
  409: "This conflicts with what is stored",
  413: "The upload is too large",
  415: "This kind of file is not accepted",
  422: "The input was not accepted",
  429: "Too many requests just now",
  503: "Temporarily unavailable",
};

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function isFieldError(value: unknown): value is FieldError {
  return isRecord(value) && typeof value.field === "string" && typeof value.message === "string";
}
