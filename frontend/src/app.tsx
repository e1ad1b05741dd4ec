import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createBrowserRouter, Link, Navigate, RouterProvider, useRouteError } from "react-router";
import { AlertsPage } from "./alerts/alerts-page";
import { Problem } from "./api/problem";
import { VideoPage } from "./heart-rates/video-page";
import { JobsPage } from "./jobs/jobs-page";
import { Layout } from "./layout/layout";
import { PatientPage } from "./patients/patient-page";
import { PatientsPage } from "./patients/patients-page";
import { CalibrationPage } from "./risks/calibration/calibration-page";
import { OedemaCohortPage } from "./risks/oedema/cohort-page";
import { RiskPage } from "./risks/risk-page";
import { PasswordPage } from "./session/password-page";
import { SignInPage } from "./session/sign-in-page";
import { StudyPage } from "./studies/study-page";
import { ProblemNotice } from "./ui/problem-notice";
import { UsersPage } from "./users/users-page";

/** The whole page: data, routes. */
export function App() {
  return (
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  );
}

const queries: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError: checkSession }),
  mutationCache: new MutationCache({ onError: checkSession }),
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      // Only what may succeed later is asked for again.
      retry: (failures, error) => failures < 2 && !(error instanceof Problem && !error.outcomeUnknown),
    },
  },
});

/** A 401 on anything means that the session may have ended: ask, and the sign-in page follows when it has. */
function checkSession(error: unknown): void {
  if (error instanceof Problem && error.status === 401) void queries.invalidateQueries({ queryKey: ["session"] });
}

const router = createBrowserRouter([
  { path: "/sign-in", element: <SignInPage />, errorElement: <Broken /> },
  {
    path: "/",
    element: <Layout />,
    errorElement: <Broken />,
    children: [
      { index: true, element: <Navigate to="/patients" replace /> },
      { path: "patients", element: <PatientsPage /> },
      { path: "patients/:patientId", element: <PatientPage /> },
      { path: "studies/:studyId", element: <StudyPage /> },
      { path: "videos/:videoId", element: <VideoPage /> },
      { path: "risks/calibration", element: <CalibrationPage /> },
      { path: "risks/oedema", element: <OedemaCohortPage /> },
      { path: "risks/:riskId", element: <RiskPage /> },
      { path: "jobs", element: <JobsPage /> },
      { path: "alerts", element: <AlertsPage /> },
      { path: "users", element: <UsersPage /> },
      { path: "password", element: <PasswordPage /> },
      { path: "*", element: <NotFound /> },
    ],
  },
]);

function NotFound() {
  return (
    <section>
      <h1>There is no such page</h1>
      <Link to="/">To the patients</Link>
    </section>
  );
}

function Broken() {
  return (
    <main className="content">
      <ProblemNotice error={useRouteError()} />
      <a href="/">Start again</a>
    </main>
  );
}
