import { expect, it } from "vitest";
import { featureRows, measuredClasses } from "./radiomics";

const radiomics = {
  oedema: { shape: { Sphericity: 0.31249, MeshVolume: 6372.84 }, first_order: { Mean: 21 } },
  haematoma: { shape: { MeshVolume: 60361.706, Elongation: 0.5 }, first_order: { Energy: 1.4e9 } },
};

it("puts the haematoma first and the features in reading order, whatever order they were stored in", () => {
  expect(measuredClasses(radiomics)).toEqual(["haematoma", "oedema"]);
  expect(featureRows(radiomics).map(({ name }) => name)).toEqual([
    "MeshVolume",
    "Sphericity",
    "Elongation",
    "Mean",
    "Energy",
  ]);
});

it("gives four significant digits with the unit, and nothing for what is undefined", () => {
  const [volume, sphericity, , mean, energy] = featureRows(radiomics);
  expect(volume?.values).toEqual(["60360 mm³", "6373 mm³"]);
  expect(sphericity?.values).toEqual([null, "0.3125"]);
  expect(mean?.values).toEqual([null, "21 HU"]);
  expect(energy?.values).toEqual(["1400000000 HU²", null]);
});

it("has no rows without a lesion", () => {
  expect(featureRows({})).toEqual([]);
});
