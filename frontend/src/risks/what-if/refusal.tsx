import { Problem } from "../../api/problem";
import { ProblemNotice } from "../../ui/problem-notice";
import { nameOf } from "../wording";

/** Why a question was not asked, with its fields as the form calls them. */
export function Refusal({ problem }: { problem: Problem }) {
  const { status, code, detail, fields, correlationId } = problem;
  const named = fields.map(({ field, message }) => ({ field: labelOf(field), message }));
  const said = named.length > 0 ? "These fields were not accepted; nothing was computed." : detail;
  return <ProblemNotice error={new Problem(status, code, said, named, correlationId)} heading="This cannot be asked" />;
}

/** `facts.gcs` and `behaviour.0.seconds` as the form shows them. */
function labelOf(field: string): string {
  const [group, ...rest] = field.split(".");
  return group === "behaviour" ? "Signs seen until now" : nameOf(rest.at(-1) ?? field);
}
