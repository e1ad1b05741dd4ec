import type { ReactNode } from "react";
import { Navigate, useLocation } from "react-router";
import { Failure, Loading } from "../ui/async-state";
import { useSession } from "./session";

/** Shows its children to a signed-in person and leads everyone else to the sign-in page. */
export function SignedIn({ children }: { children: ReactNode }) {
  const session = useSession();
  const { pathname, search } = useLocation();
  if (session.isPending) return <Loading what="session" />;
  if (session.data) return children;
  if (session.isError) return <Failure error={session.error} retry={session.refetch} />;
  return <Navigate to="/sign-in" replace state={{ from: pathname + search }} />;
}
