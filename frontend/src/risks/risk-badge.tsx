import { LevelBadge } from "./level-badge";
import { useRisks } from "./queries";

/** The present level beside the patient's name, leading to the panel below. */
export function RiskBadge({ patientId }: { patientId: string }) {
  const latest = useRisks(patientId).items[0];
  if (!latest) return null;
  return (
    <a href="#risk" className="plain">
      <span className="visually-hidden">Risk: </span>
      <LevelBadge level={latest.level} confidence={latest.confidence} />
    </a>
  );
}
