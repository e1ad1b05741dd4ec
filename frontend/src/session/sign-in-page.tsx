import { useQueryClient } from "@tanstack/react-query";
import { type SubmitEvent, useEffect } from "react";
import { Navigate, useLocation } from "react-router";
import { Footer } from "../layout/footer";
import { Field } from "../ui/field";
import { formText } from "../ui/form-text";
import { usePageTitle } from "../ui/page-title";
import { ProblemNotice } from "../ui/problem-notice";
import { useSession, useSignIn } from "./session";

/** Asks for user name and password and leads back to where the person came from. */
export function SignInPage() {
  usePageTitle("Sign in");
  const session = useSession();
  const signIn = useSignIn();
  const queries = useQueryClient();
  const origin = useLocation().state as { from?: string } | null; // set by SignedIn

  useEffect(() => {
    // Nothing of the last person's data outlives the session.
    queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== "session" });
  }, [queries]);

  if (session.data) return <Navigate to={origin?.from ?? "/"} replace />;

  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    signIn.mutate({ username: formText(form, "username"), password: formText(form, "password") });
  };
  return (
    <div className="page">
      <main className="sign-in">
        <h1>DeepHemorrhageNet</h1>
        <p className="muted">Sign in to continue.</p>
        <form onSubmit={submit} className="stack">
          <Field label="User name" name="username" autoComplete="username" autoCapitalize="none" required />
          <Field label="Password" name="password" type="password" autoComplete="current-password" required />
          {signIn.error && <ProblemNotice error={signIn.error} heading="Sign-in failed" />}
          <button type="submit" className="button primary" disabled={signIn.isPending}>
            {signIn.isPending ? "Signing in …" : "Sign in"}
          </button>
        </form>
      </main>
      <Footer />
    </div>
  );
}
