import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import type { CtReport } from "../api/types";
import { RadiomicsTable } from "./radiomics-table";

const render = (radiomics?: CtReport["radiomics"]) =>
  renderToStaticMarkup(<RadiomicsTable report={{ radiomics } as CtReport} />);

it("folds the features of each class into one table, with a dash for what is undefined", () => {
  const page = render({
    haematoma: { shape: { Sphericity: 0.5 }, first_order: {} },
    oedema: { shape: {}, first_order: { Mean: 21 } },
  });

  expect(page).toMatch(/^<details class="card"><summary>Radiomics<\/summary>/);
  expect(page).toContain("<td>Sphericity</td><td>0.5</td><td>–</td>");
  expect(page).toContain("<td>Mean</td><td>–</td><td>21 HU</td>");
});

it("shows nothing without a lesion, nor for findings from before there were radiomics", () => {
  expect(render({})).toBe("");
  expect(render(undefined)).toBe("");
});
