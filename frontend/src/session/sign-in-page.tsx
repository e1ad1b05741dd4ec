import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useEffect } from "react";
import { Navigate, useLocation } from "react-router";
import { Footer } from "../layout/footer";
import { Field } from "../ui/field";
import { usePageTitle } from "../ui/page-title";
import { ProblemNotice } from "../ui/problem-notice";
import { useSession, useSignIn } from "./session";

/** Asks for user name and password and leads back to where the person came from. */
export function SignInPage() {
  usePageTitle("Sign in");
  const session = useSession();
  const signIn = useSignIn();
  const queries = useQueryClient();
  const from: unknown = useLocation().state?.from;

  useEffect(() => {
    // Nothing of the last person's data outlives the session.
    queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== "session" });
  }, [queries]);

  if (session.data) return <Navigate to={typeof from === "string" ? from : "/"} replace />;

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    signIn.mutate({ username: String(form.get("username")), password: String(form.get("password")) });
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
