import { type SubmitEvent, useId, useState } from "react";
import { useNavigate } from "react-router";
import type { AcceptedVideo } from "../api/types";
import { useUpload } from "../api/use-upload";
import { Field } from "../ui/field";
import { bytes, fromLocalInput, toLocalInput } from "../ui/format";
import { UploadControls } from "../ui/upload-controls";

/** Sends a video of the face to have the heart rate read, and leads to its page. */
export function VideoUploadForm({ patientId }: { patientId: string }) {
  const navigate = useNavigate();
  const [file, setFile] = useState<File | null>(null);
  const [recordedAt, setRecordedAt] = useState("");
  const upload = useUpload<AcceptedVideo>(({ video }) => navigate(`/videos/${video.id}`));
  const inputId = useId();

  const choose = (chosen: File | null) => {
    setFile(chosen);
    if (chosen) setRecordedAt(toLocalInput(new Date(chosen.lastModified).toISOString(), "second"));
    upload.forget();
  };
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (file) void upload.send(addressOf(patientId, recordedAt), [file]);
  };
  return (
    <form onSubmit={submit} className="card stack" aria-label="Read the heart rate from a video">
      <h3>Read the heart rate from a video</h3>
      <fieldset disabled={upload.isSending} className="bare columns">
        <div className="field">
          <label htmlFor={inputId}>Video of the face</label>
          <input
            id={inputId}
            type="file"
            accept="video/*"
            required
            aria-describedby={`${inputId}-notes`}
            onChange={(event) => choose(event.currentTarget.files?.[0] ?? null)}
          />
          <span id={`${inputId}-notes`} className="fine-print">
            {file
              ? `${file.name}, ${bytes(file.size)}`
              : "15 seconds or longer, the face in view, at rest, in steady light"}
          </span>
        </div>
        <Field
          label="Recording began"
          type="datetime-local"
          step={1}
          value={recordedAt}
          onChange={(event) => setRecordedAt(event.currentTarget.value)}
          hint="By the date of the file, which many cameras set at the end; correct it if it is wrong. Left empty: now."
        />
      </fieldset>
      <UploadControls upload={upload} label="Upload video" isReady={file !== null} />
    </form>
  );
}

function addressOf(patientId: string, recordedAt: string): string {
  const instant = fromLocalInput(recordedAt);
  const query = instant === null ? "" : `?${new URLSearchParams({ recorded_at: instant })}`;
  return `/api/v1/patients/${encodeURIComponent(patientId)}/videos${query}`;
}
