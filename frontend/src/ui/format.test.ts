import { describe, expect, it } from "vitest";
import { bytes, calendarDate, exactTime, fromLocalInput, millilitres, percent, toLocalInput, words } from "./format";

describe("numbers", () => {
  it("never round a small lesion to zero", () => {
    expect(millilitres(0.04)).toBe("0.04 mL");
    expect(millilitres(0)).toBe("0.0 mL");
    expect(millilitres(31.44)).toBe("31.4 mL");
  });

  it("claim neither certainty nor impossibility by rounding", () => {
    expect([0, 0.004, 0.125, 0.996, 1].map(percent)).toEqual(["0 %", "< 1 %", "13 %", "> 99 %", "100 %"]);
  });

  it("carry the unit of size", () => {
    expect([0, 999, 1500, 2_500_000, 3e12].map(bytes)).toEqual(["0 B", "999 B", "1.5 kB", "2.5 MB", "3000.0 GB"]);
  });
});

describe("times", () => {
  it("name their zone", () => {
    expect(exactTime("2026-03-01T08:30:00Z", "Europe/Paris")).toBe("2026-03-01 09:30:00 GMT+01:00 (Europe/Paris)");
    expect(exactTime("2026-07-01T23:30:05Z", "Asia/Kolkata")).toBe("2026-07-02 05:00:05 GMT+05:30 (Asia/Kolkata)");
  });

  it("survive the way through a local input", () => {
    expect(fromLocalInput(toLocalInput("2026-07-01T23:30:00.000Z"))).toBe("2026-07-01T23:30:00.000Z");
    expect(fromLocalInput(toLocalInput("2026-07-01T23:30:59.000Z", "second"))).toBe("2026-07-01T23:30:59.000Z");
    expect(fromLocalInput("")).toBeNull();
  });

  it("do not shift a date of birth by the time zone", () => {
    expect(new Date("1954-03-01").getDate()).toBe(28); // what local time would make of it
    expect(calendarDate("1954-03-01")).toContain("Mar 1");
  });
});

it("turns codes into words", () => {
  expect(words("gantry_tilt")).toBe("Gantry tilt");
  expect(words("ct.segment")).toBe("Ct segment");
});
