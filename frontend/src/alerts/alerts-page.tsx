import { Empty, Failure, Loading } from "../ui/async-state";
import { LoadMore } from "../ui/load-more";
import { usePageTitle } from "../ui/page-title";
import { Tabs, useTab } from "../ui/tabs";
import { AlertCard } from "./alert-card";
import { useAlerts } from "./queries";

const TABS = [
  { value: "open", label: "Open" },
  { value: "acknowledged", label: "Acknowledged" },
  { value: "closed", label: "Closed" },
] as const;

/** Alerts by state, kept fresh by the event stream. */
export function AlertsPage() {
  usePageTitle("Alerts");
  const state = useTab("state", TABS);
  const alerts = useAlerts(state);
  return (
    <section>
      <h1>Alerts</h1>
      <Tabs label="State" param="state" options={TABS} current={state} />
      {alerts.isPending && <Loading what="alerts" />}
      {alerts.isError && <Failure error={alerts.error} retry={alerts.refetch} />}
      {alerts.isSuccess && alerts.items.length === 0 && <Empty>There are no {state} alerts.</Empty>}
      {alerts.items.map((alert) => (
        <AlertCard key={alert.id} alert={alert} />
      ))}
      <LoadMore {...alerts} />
    </section>
  );
}
