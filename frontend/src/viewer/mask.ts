/** The classes of the mask volume by voxel value, with the colour they are painted in. */
export const MASK_CLASSES = [
  { value: 1, name: "Haematoma", rgb: [226, 48, 48] },
  { value: 2, name: "Oedema", rgb: [240, 200, 64] },
] as const;

/** NiiVue's table for the mask: background transparent, each class in its colour. */
export function maskColormap() {
  return {
    R: [0, ...MASK_CLASSES.map(({ rgb }) => rgb[0])],
    G: [0, ...MASK_CLASSES.map(({ rgb }) => rgb[1])],
    B: [0, ...MASK_CLASSES.map(({ rgb }) => rgb[2])],
    A: [0, ...MASK_CLASSES.map(() => 255)],
    I: [0, ...MASK_CLASSES.map(({ value }) => value)],
    labels: ["background", ...MASK_CLASSES.map(({ name }) => name)],
  };
}
