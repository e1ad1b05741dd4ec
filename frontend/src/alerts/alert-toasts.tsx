import { useState } from "react";
import { Link } from "react-router";
import type { Alert } from "../api/types";
import { useEvents } from "../events/provider";
import { words } from "../ui/format";
import { fetchAlert } from "./queries";

const SHOWN_AT_ONCE = 3;

/** Shows newly opened alerts over any page until they are dismissed or dealt with. */
export function AlertToasts() {
  const [alerts, setAlerts] = useState<Alert[]>([]);
  const dismiss = (id: string) => setAlerts((shown) => shown.filter((alert) => alert.id !== id));
  useEvents((event) => {
    const id = event.payload.alert_id;
    if (typeof id !== "string") return;
    if (event.type === "alert.opened") {
      void fetchAlert(id).then((alert) => setAlerts((shown) => [...shown.filter((other) => other.id !== id), alert]));
    } else if (event.type === "alert.acknowledged" || event.type === "alert.closed") {
      dismiss(id);
    }
  });
  return (
    <div className="toasts" role="alert" aria-live="assertive">
      {alerts.slice(-SHOWN_AT_ONCE).map((alert) => (
        <div key={alert.id} className={`toast level-${alert.level}`}>
          <div>
            <strong>{words(alert.code)}</strong>
            <p>{alert.message}</p>
            <Link to="/alerts" onClick={() => dismiss(alert.id)}>
              Show alerts
            </Link>
          </div>
          <button type="button" className="button quiet" aria-label="Dismiss" onClick={() => dismiss(alert.id)}>
            ✕
          </button>
        </div>
      ))}
    </div>
  );
}
