import { expect, it } from "vitest";
import { asProblem, fieldMessage, headingOf, problemFrom } from "./problem";

it("reads a problem document", () => {
  const problem = problemFrom(422, {
    code: "validation_failed",
    detail: "One field is not valid.",
    correlation_id: "abc",
    errors: [{ field: "body.password", message: "at least 12 characters" }],
  });
  expect(problem).toMatchObject({ code: "validation_failed", detail: "One field is not valid.", correlationId: "abc" });
  expect(fieldMessage(problem, "password")).toBe("at least 12 characters");
  expect(fieldMessage(problem, "username")).toBeNull();
});

it("says something when a proxy answers with a page of its own", () => {
  const problem = problemFrom(502, "<html>Bad gateway</html>");
  expect(problem.code).toBe("http_502");
  expect(headingOf(problem)).toBe("The server had a problem");
});

it("takes a failed fetch for a lost connection, not for an error of the page", () => {
  expect(asProblem(new TypeError("Failed to fetch"))).toMatchObject({ code: "unreachable", outcomeUnknown: true });
});

it("holds only answers without effect for definite", () => {
  const unknown = [0, 400, 401, 408, 409, 413, 422, 429, 500, 503].filter((s) => problemFrom(s, null).outcomeUnknown);
  expect(unknown).toEqual([0, 408, 429, 500, 503]);
});
