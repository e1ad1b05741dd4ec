import { type SubmitEvent, useRef, useState } from "react";
import { answer, client, idempotent } from "../api/client";
import { fieldMessage } from "../api/problem";
import { useSubmission } from "../api/submission";
import { Field } from "../ui/field";
import { formText } from "../ui/form-text";
import { usePageTitle } from "../ui/page-title";
import { ProblemNotice } from "../ui/problem-notice";

/** Lets a person change their own password. */
export function PasswordPage() {
  usePageTitle("Change my password");
  const form = useRef<HTMLFormElement>(null);
  const [mismatch, setMismatch] = useState(false);
  const change = useSubmission(
    (body: { current: string; new: string }, key) =>
      answer(client.POST("/api/v1/users/me/password", { body, headers: idempotent(key) })),
    () => form.current?.reset(),
  );

  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const values = new FormData(event.currentTarget);
    const differs = values.get("new") !== values.get("again");
    setMismatch(differs);
    if (!differs) change.mutate({ current: formText(values, "current"), new: formText(values, "new") });
  };
  return (
    <section className="narrow">
      <h1>Change my password</h1>
      <form ref={form} onSubmit={submit} className="stack">
        <Field label="Current password" name="current" type="password" autoComplete="current-password" required />
        <Field
          label="New password"
          name="new"
          type="password"
          autoComplete="new-password"
          error={fieldMessage(change.error, "new")}
          required
        />
        <Field
          label="New password, again"
          name="again"
          type="password"
          autoComplete="new-password"
          error={mismatch ? "The two new passwords differ." : null}
          required
        />
        {change.error && <ProblemNotice error={change.error} heading="The password was not changed" />}
        {change.isSuccess && (
          <p role="status" className="notice good">
            Your password was changed.
          </p>
        )}
        <div>
          <button type="submit" className="button primary" disabled={change.isPending}>
            Change password
          </button>
        </div>
      </form>
    </section>
  );
}
