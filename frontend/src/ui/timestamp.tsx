import { exactTime, localTime } from "./format";

/** A moment in local time; the exact moment with its time zone shows on hover. */
export function Timestamp({ value }: { value: string }) {
  return (
    <time dateTime={value} title={exactTime(value)}>
      {localTime(value)}
    </time>
  );
}
