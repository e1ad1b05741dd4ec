import type { Problem } from "../api/problem";
import type { useUpload } from "../api/use-upload";
import { percent } from "./format";
import { ProblemNotice } from "./problem-notice";

interface Props {
  upload: ReturnType<typeof useUpload>;
  /** What the button says. */
  label: string;
  /** There is something to send. */
  isReady: boolean;
}

/** The end of a form that sends files: how far it is, what went wrong, and the buttons. */
export function UploadControls({ upload: { share, isSending, problem, cancel }, label, isReady }: Props) {
  return (
    <>
      {share !== null && <SendingBar share={share} />}
      {problem && <ProblemNotice error={problem} {...headingFor(problem)} />}
      <div className="button-row">
        <button type="submit" className="button primary" disabled={isSending || !isReady}>
          {problem?.outcomeUnknown ? "Try again" : label}
        </button>
        {isSending && (
          <button type="button" className="button" onClick={cancel}>
            Cancel
          </button>
        )}
      </div>
    </>
  );
}

function SendingBar({ share }: { share: number }) {
  const text = share < 1 ? `Sending: ${percent(share)}` : "Sent; the server is checking the files";
  return (
    <div>
      <progress max={1} value={share} aria-label="Upload" />
      <p className="fine-print" aria-live="polite">
        {text}
      </p>
    </div>
  );
}

function headingFor(problem: Problem): { heading?: string } {
  if (problem.code === "cancelled") return { heading: "Upload cancelled" };
  return problem.outcomeUnknown ? {} : { heading: "The upload was not accepted — nothing was analysed" };
}
