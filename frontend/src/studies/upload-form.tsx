import { type SubmitEvent, useId, useState } from "react";
import { useNavigate } from "react-router";
import type { AcceptedStudy } from "../api/types";
import { useUpload } from "../api/use-upload";
import { Select } from "../ui/field";
import { formText } from "../ui/form-text";
import { bytes } from "../ui/format";
import { UploadControls } from "../ui/upload-controls";

/** Sends a head CT for analysis and leads to its study page. */
export function UploadForm({ patientId }: { patientId: string }) {
  const navigate = useNavigate();
  const [files, setFiles] = useState<File[]>([]);
  const upload = useUpload<AcceptedStudy>(({ study }) => navigate(`/studies/${study.id}`));
  const inputId = useId();
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const priority = formText(new FormData(event.currentTarget), "priority");
    void upload.send(`/api/v1/patients/${encodeURIComponent(patientId)}/studies?priority=${priority}`, files);
  };
  return (
    <form onSubmit={submit} className="card stack">
      <h2>Analyse a head CT</h2>
      <fieldset disabled={upload.isSending} className="bare columns">
        <div className="field">
          <label htmlFor={inputId}>CT series</label>
          <input
            id={inputId}
            type="file"
            multiple
            required
            onChange={(event) => {
              setFiles([...(event.currentTarget.files ?? [])]);
              upload.forget();
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
      <UploadControls upload={upload} label="Upload and analyse" isReady={files.length > 0} />
    </form>
  );
}

function summaryOf(files: File[]): string {
  const size = bytes(files.reduce((sum, file) => sum + file.size, 0));
  return files.length === 1 ? `${files[0]?.name}, ${size}` : `${files.length} files, ${size}`;
}
