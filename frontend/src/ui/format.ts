/** A volume with its unit: one decimal, two below 1 mL so that a small lesion never reads as zero. */
export function millilitres(value: number): string {
  return `${value.toFixed(value > 0 && value < 1 ? 2 : 1)} mL`;
}

/** A length in millimetres with its unit. */
export function millimetres(value: number): string {
  return `${value.toFixed(1)} mm`;
}

/** A share of 1 as a percentage; neither 0 % nor 100 % is claimed for a value that is not exactly that. */
export function percent(share: number): string {
  if (share > 0 && share < 0.01) return "< 1 %";
  if (share < 1 && share > 0.99) return "> 99 %";
  return `${Math.round(share * 100)} %`;
}

/** A size in bytes with a decimal unit. */
export function bytes(value: number): string {
  const units = ["B", "kB", "MB", "GB"];
  let size = value;
  let unit = 0;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? size : size.toFixed(1)} ${units[unit]}`;
}

/** A calendar date (`1954-03-04`) without any shift by time zone. */
export function calendarDate(value: string): string {
  return new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeZone: "UTC" }).format(new Date(value));
}

/** A moment in local time. */
export function localTime(value: string, timeZone?: string): string {
  return new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short", timeZone }).format(
    new Date(value),
  );
}

/** The same moment to the second with its zone spelled out: `2026-03-01 09:30:00 GMT+01:00 (Europe/Paris)`. */
export function exactTime(value: string, timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone): string {
  const format = new Intl.DateTimeFormat("en-GB", {
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
    timeZoneName: "longOffset",
    timeZone,
  });
  const part = Object.fromEntries(format.formatToParts(new Date(value)).map(({ type, value: text }) => [type, text]));
  const clock = `${part.hour}:${part.minute}:${part.second}`;
  return `${part.year}-${part.month}-${part.day} ${clock} ${part.timeZoneName} (${timeZone})`;
}

/** The value for an `<input type="datetime-local">`, in local time; to the second for an input with `step={1}`. */
export function toLocalInput(value: string | null | undefined, precision: "minute" | "second" = "minute"): string {
  if (!value) return "";
  const date = new Date(value);
  const shifted = new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, precision === "minute" ? 16 : 19);
}

/** The moment that an `<input type="datetime-local">` names, as an ISO string in UTC; null when it is empty. */
export function fromLocalInput(value: string): string | null {
  return value ? new Date(value).toISOString() : null;
}

/** Codes like `gantry_tilt` as words: `Gantry tilt`. */
export function words(code: string): string {
  const text = code.replaceAll(/[_.-]+/g, " ").trim();
  return text.charAt(0).toUpperCase() + text.slice(1);
}
