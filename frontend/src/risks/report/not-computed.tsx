import type { NotComputable } from "../../api/types";
import { reasonsOf } from "../wording";

/** There is no figure, and why: never an empty place that could be read as "no risk". */
export function NotComputed({ result }: { result: NotComputable }) {
  return (
    <>
      <p>
        <strong>Not computable.</strong> This is no low risk; it is not known.
      </p>
      <Reasons result={result} />
    </>
  );
}

/** All reasons. */
export function Reasons({ result }: { result: NotComputable }) {
  return (
    <ul className="reasons">
      {reasonsOf(result).map((reason) => (
        <li key={reason}>{reason}</li>
      ))}
    </ul>
  );
}
