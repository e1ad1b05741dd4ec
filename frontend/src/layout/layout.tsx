import { NavLink, Outlet } from "react-router";
import { AlertBadge } from "../alerts/alert-badge";
import { AlertToasts } from "../alerts/alert-toasts";
import { LiveIndicator } from "../events/live-indicator";
import { EventsProvider } from "../events/provider";
import { useSignOut, useUser } from "../session/session";
import { SignedIn } from "../session/signed-in";
import { Footer } from "./footer";

/** The frame of every page behind the sign-in: navigation, live state, alerts, footer. */
export function Layout() {
  return (
    <SignedIn>
      <EventsProvider>
        <div className="page">
          <a className="skip-link" href="#content">
            Skip to content
          </a>
          <Header />
          <main id="content" className="content" tabIndex={-1}>
            <Outlet />
          </main>
          <AlertToasts />
          <Footer />
        </div>
      </EventsProvider>
    </SignedIn>
  );
}

function Header() {
  const user = useUser();
  const signOut = useSignOut();
  return (
    <header className="header">
      <NavLink to="/" className="brand">
        <img src="/favicon.svg" alt="" width="24" height="24" />
        DeepHemorrhageNet
      </NavLink>
      <nav aria-label="Main" className="nav">
        <NavLink to="/patients">Patients</NavLink>
        <NavLink to="/jobs">Analyses</NavLink>
        <NavLink to="/alerts">
          Alerts <AlertBadge />
        </NavLink>
        <NavLink to="/risks/calibration">Calibration</NavLink>
        {user?.role === "admin" && <NavLink to="/users">Users</NavLink>}
      </nav>
      <div className="header-end">
        <LiveIndicator />
        <NavLink to="/password" title="Change my password">
          {user?.full_name || user?.username}
        </NavLink>
        <button type="button" className="button quiet" onClick={() => signOut.mutate()} disabled={signOut.isPending}>
          Sign out
        </button>
      </div>
    </header>
  );
}
