import { DRAG_MODE, Niivue, NVImage, SLICE_TYPE } from "@niivue/niivue";
import { problemFrom } from "../api/problem";
import { maskColormap } from "./mask";
import type { CtWindow } from "./windows";

/** How the volume is laid out: axial slices alone, or axial, coronal and sagittal together. */
export type ViewLayout = "axial" | "planes";

/** Where a lesion lies: a slice (0-based from the base) and a point in DICOM patient coordinates (LPS, mm). */
export interface Lesion {
  slice: number;
  centre: readonly [number, number, number] | null;
}

/** A CT volume with its mask on one canvas. */
export interface Scene {
  /** Number of axial slices. */
  slices: number;
  setWindow: (window: CtWindow) => void;
  /** 0 hides the mask, 1 paints it solid. */
  setMaskOpacity: (opacity: number) => void;
  /** Shows axial slice `index`, 0-based from the base of the skull upwards. */
  showSlice: (index: number) => void;
  /** Shows the lesion's slice with the crosshair on its centre. */
  showLesion: (lesion: Lesion) => void;
  setLayout: (layout: ViewLayout) => void;
}

/** How solid the painted lesions are at first. */
export const MASK_OPACITY = 0.5;
const PLANES_CROSSHAIR = 0.5;

interface Source {
  volumeUrl: string;
  maskUrl: string;
  window: CtWindow;
  onSlice: (index: number) => void;
}

/** Fetches volume and mask and draws them. Throws a Problem when one cannot be had, an Error without WebGL 2. */
export async function openScene(canvas: HTMLCanvasElement, source: Source, signal: AbortSignal): Promise<Scene> {
  const [volumeBytes, maskBytes] = await Promise.all([
    fetchBytes(source.volumeUrl, signal),
    fetchBytes(source.maskUrl, signal),
  ]);
  const niivue = new Niivue({
    isRadiologicalConvention: true, // the patient's left on the right of the image, as in radiology
    backColor: [0, 0, 0, 1],
    crosshairWidth: 0, // a cross would lie over the lesion; three planes need one to tell where they meet
    crosshairWidthUnit: "mm",
    crosshairGap: 8,
    crosshairColor: [0.4, 0.8, 0.9, 0.6],
    dragAndDropEnabled: false, // a file dropped here would be shown as if it were this patient's
    dragMode: DRAG_MODE.pan,
    sliceType: SLICE_TYPE.AXIAL,
    logLevel: "error",
    loadingText: "",
  });
  const { low, high } = source.window;
  const volume = await NVImage.loadFromUrl({ url: volumeBytes, name: "volume.nii.gz", cal_min: low, cal_max: high });
  const mask = await NVImage.loadFromUrl({ url: maskBytes, name: "mask.nii.gz", opacity: MASK_OPACITY });
  mask.setColormapLabel(maskColormap()); // before it is added: each later change draws all voxels anew
  signal.throwIfAborted();

  await niivue.attachToCanvas(canvas);
  signal.addEventListener("abort", () => niivue.cleanup(), { once: true });
  niivue.addVolume(volume);
  niivue.addVolume(mask);
  niivue.onLocationChange = () => source.onSlice(currentSlice(niivue));
  return controls(niivue, volume);
}

function controls(niivue: Niivue, volume: NVImage): Scene {
  const slices = volume.dimsRAS?.[3] ?? 0;
  const moveTo = (fractions: ArrayLike<number>) => {
    const [x = 0.5, y = 0.5, z = 0.5] = Array.from(fractions);
    niivue.scene.crosshairPos = [x, y, z];
    niivue.createOnLocationChange();
    niivue.drawScene();
  };
  return {
    slices,
    setWindow: ({ low, high }) => {
      volume.cal_min = low;
      volume.cal_max = high;
      niivue.updateGLVolume();
    },
    setMaskOpacity: (opacity) => {
      if (opacity !== niivue.volumes[1]?.opacity) niivue.setOpacity(1, opacity);
    },
    showSlice: (index) => {
      const [x = 0.5, y = 0.5] = Array.from(niivue.scene.crosshairPos);
      moveTo([x, y, (index + 0.5) / slices]);
    },
    showLesion: ({ slice, centre }) => {
      const [left, posterior, superior] = centre ?? [0, 0, 0];
      const [x = 0.5, y = 0.5] = centre ? Array.from(niivue.mm2frac([-left, -posterior, superior])) : [];
      moveTo([x, y, (slice + 0.5) / slices]);
    },
    setLayout: (layout) => {
      niivue.setCrosshairWidth(layout === "axial" ? 0 : PLANES_CROSSHAIR);
      niivue.setSliceType(layout === "axial" ? SLICE_TYPE.AXIAL : SLICE_TYPE.MULTIPLANAR);
    },
  };
}

function currentSlice(niivue: Niivue): number {
  return niivue.frac2vox(niivue.scene.crosshairPos)[2] ?? 0;
}

async function fetchBytes(url: string, signal: AbortSignal): Promise<ArrayBuffer> {
  const response = await fetch(url, { signal });
  if (!response.ok) throw problemFrom(response.status, await response.json().catch(() => null));
  return response.arrayBuffer();
}
