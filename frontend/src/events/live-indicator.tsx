import { useStreamStatus } from "./provider";

const TEXT = {
  connecting: { label: "Connecting", title: "Opening the live connection" },
  live: { label: "Live", title: "This page is told of changes as they happen" },
  reconnecting: { label: "Reconnecting", title: "The live connection was lost; what you see may be out of date" },
};

/** Says whether the page is live. */
export function LiveIndicator() {
  const status = useStreamStatus();
  return (
    <span className={`live live-${status}`} role="status" title={TEXT[status].title}>
      <span className="live-dot" aria-hidden="true" />
      {TEXT[status].label}
    </span>
  );
}
