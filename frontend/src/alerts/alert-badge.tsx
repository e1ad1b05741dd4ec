import { useAlerts } from "./queries";

/** How many alerts are open; nothing when none is. */
export function AlertBadge() {
  const { items, hasNextPage } = useAlerts("open");
  if (items.length === 0) return null;
  return (
    <span className="count">
      {items.length}
      {hasNextPage && "+"}
      <span className="visually-hidden"> open</span>
    </span>
  );
}
