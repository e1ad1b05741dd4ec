/** Items of a history that the page can record; others that a client stored are kept as they are. */
export const HISTORY_ITEMS = [
  { key: "hypertension", label: "Hypertension" },
  { key: "diabetes", label: "Diabetes" },
  { key: "anticoagulants", label: "Takes anticoagulants" },
  { key: "antiplatelets", label: "Takes antiplatelet drugs" },
  { key: "previous_stroke", label: "Previous stroke" },
];
