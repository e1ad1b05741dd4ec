/** A CT display window: HU shown as black and as white. */
export interface CtWindow {
  name: string;
  low: number;
  high: number;
}

/** The window of this level and width, both in HU. */
export function window(name: string, level: number, width: number): CtWindow {
  return { name, low: level - width / 2, high: level + width / 2 };
}

/** The customary head-CT windows (level/width in HU): brain 40/80, subdural 75/215, bone 600/2800. The first is the default. */
export const WINDOWS = [window("Brain", 40, 80), window("Subdural", 75, 215), window("Bone", 600, 2800)] as const;
