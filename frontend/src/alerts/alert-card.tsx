import { type SubmitEvent, useState } from "react";
import { Link } from "react-router";
import { fieldMessage } from "../api/problem";
import type { Alert } from "../api/types";
import { useMayWrite } from "../session/session";
import { Dialog } from "../ui/dialog";
import { formText } from "../ui/form-text";
import { Field } from "../ui/field";
import { words } from "../ui/format";
import { ProblemNotice } from "../ui/problem-notice";
import { Timestamp } from "../ui/timestamp";
import { useAcknowledge, useClose } from "./queries";

/** One alert: what it says, what was done about it, what can be done. */
export function AlertCard({ alert }: { alert: Alert }) {
  const [dialog, setDialog] = useState<"acknowledge" | "close" | null>(null);
  const mayWrite = useMayWrite();
  return (
    <article className={`card alert level-${alert.level}`} aria-label={alert.message}>
      <div className="title-row">
        <h2>{words(alert.code)}</h2>
        <span className="badge">{alert.level}</span>
      </div>
      <p>{alert.message}</p>
      <p className="button-row">
        <Link to={`/patients/${alert.patient_id}`}>Patient</Link>
        {alert.study_id && <Link to={`/studies/${alert.study_id}`}>Study</Link>}
      </p>
      <History alert={alert} />
      {mayWrite && (
        <div className="button-row">
          {alert.state === "open" && (
            <button type="button" className="button primary" onClick={() => setDialog("acknowledge")}>
              Acknowledge
            </button>
          )}
          {alert.state !== "closed" && (
            <button type="button" className="button" onClick={() => setDialog("close")}>
              Close
            </button>
          )}
        </div>
      )}
      {dialog === "acknowledge" && <AcknowledgeDialog alert={alert} onClose={() => setDialog(null)} />}
      {dialog === "close" && <CloseDialog alert={alert} onClose={() => setDialog(null)} />}
    </article>
  );
}

function History({ alert }: { alert: Alert }) {
  return (
    <ol className="history">
      {alert.actions.map((action) => (
        <li key={action.state + action.at}>
          {action.state} <Timestamp value={action.at} />
          {action.by && ` by ${action.by}`}
          {action.reason && `: ${action.reason}`}
        </li>
      ))}
    </ol>
  );
}

interface DialogProps {
  alert: Alert;
  onClose: () => void;
}

function AcknowledgeDialog({ alert, onClose }: DialogProps) {
  const acknowledge = useAcknowledge(alert.id);
  return (
    <ActionDialog
      title="Acknowledge alert"
      alert={alert}
      action={acknowledge}
      isReasonNeeded={false}
      onClose={onClose}
    />
  );
}

function CloseDialog({ alert, onClose }: DialogProps) {
  const close = useClose(alert.id);
  return <ActionDialog title="Close alert" alert={alert} action={close} isReasonNeeded onClose={onClose} />;
}

interface ActionDialogProps extends DialogProps {
  title: string;
  action: ReturnType<typeof useClose>;
  isReasonNeeded: boolean;
}

function ActionDialog({ title, alert, action, isReasonNeeded, onClose }: ActionDialogProps) {
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const reason = formText(new FormData(event.currentTarget), "reason").trim();
    action.mutate({ reason }, { onSuccess: onClose });
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <p>{alert.message}</p>
      <form onSubmit={submit} className="stack">
        <Field label="Reason" name="reason" required={isReasonNeeded} error={fieldMessage(action.error, "reason")} />
        {action.error && <ProblemNotice error={action.error} />}
        <div>
          <button type="submit" className="button primary" disabled={action.isPending}>
            {title}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
