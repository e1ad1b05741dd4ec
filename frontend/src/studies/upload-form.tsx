import { type SubmitEvent, useEffect, useId, useRef, useState } from "react";
import { useNavigate } from "react-router";
import { asProblem, type Problem } from "../api/problem";
import { Submission } from "../api/submission";
import type { Priority } from "../api/types";
import { fingerprintOf, type Upload, uploadStudy } from "../api/upload";
import { Select } from "../ui/field";
import { bytes, percent } from "../ui/format";
import { ProblemNotice } from "../ui/problem-notice";

/** Sends a head CT for analysis and leads to its study page. */
export function UploadForm({ patientId }: { patientId: string }) {
  const [files, setFiles] = useState<File[]>([]);
  const { share, problem, send, cancel, forget } = useUpload(patientId);
  const inputId = useId();
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    void send(files, new FormData(event.currentTarget).get("priority") as Priority);
  };
  const isSending = share !== null;
  return (
    <form onSubmit={submit} className="card stack">
      <h2>Analyse a head CT</h2>
      <fieldset disabled={isSending} className="bare columns">
        <div className="field">
          <label htmlFor={inputId}>CT series</label>
          <input
            id={inputId}
            type="file"
            multiple
            required
            onChange={(event) => {
              setFiles([...(event.currentTarget.files ?? [])]);
              forget();
            }}
          />
          <span className="fine-print">
            {files.length > 0
              ? summaryOf(files)
              : "One zip, all DICOM files of one series, or one .nii or .nii.gz file"}
          </span>
        </div>
        <Select label="Priority" name="priority" defaultValue="routine">
          <option value="routine">Routine</option>
          <option value="stat">Acute (analysed first)</option>
        </Select>
      </fieldset>
      {isSending && <SendingBar share={share} />}
      {problem && <ProblemNotice error={problem} {...headingFor(problem)} />}
      <div className="button-row">
        <button type="submit" className="button primary" disabled={isSending || files.length === 0}>
          {problem?.outcomeUnknown ? "Try again" : "Upload and analyse"}
        </button>
        {isSending && (
          <button type="button" className="button" onClick={cancel}>
            Cancel
          </button>
        )}
      </div>
    </form>
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

function useUpload(patientId: string) {
  const navigate = useNavigate();
  const [share, setShare] = useState<number | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [submission] = useState(() => new Submission());
  const running = useRef<Upload | null>(null);
  useEffect(() => () => running.current?.cancel(), []);

  const send = async (files: File[], priority: Priority) => {
    setProblem(null);
    setShare(0);
    try {
      const { study } = await submission.run(fingerprintOf(patientId, files, priority), (key) => {
        running.current = uploadStudy(patientId, files, priority, key, setShare);
        return running.current.done;
      });
      void navigate(`/studies/${study.id}`);
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      running.current = null;
      setShare(null);
    }
  };
  return { share, problem, send, cancel: () => running.current?.cancel(), forget: () => setProblem(null) };
}

function summaryOf(files: File[]): string {
  const size = bytes(files.reduce((sum, file) => sum + file.size, 0));
  return files.length === 1 ? `${files[0]?.name}, ${size}` : `${files.length} files, ${size}`;
}

function headingFor(problem: Problem): { heading?: string } {
  if (problem.code === "cancelled") return { heading: "Upload cancelled" };
  return problem.outcomeUnknown ? {} : { heading: "The upload was not accepted — nothing was analysed" };
}
