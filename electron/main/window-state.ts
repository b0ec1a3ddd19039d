import { z } from 'zod';

export const MIN_WIDTH = 720;
export const MIN_HEIGHT = 560;
const QUICK_SIZE = { width: 640, height: 420 };
/** So small the small one can be made. */
export const QUICK_MIN = { width: 480, height: 320 };
const DEFAULT_SIZE = { width: 1280, height: 800 };
/** So much of the title bar must be on a screen that the window can be caught with the mouse. */
const GRIP = { width: 120, height: 32 };

export const windowState = z.object({
  x: z.int(),
  y: z.int(),
  width: z.int().min(1),
  height: z.int().min(1),
  maximized: z.boolean(),
});
export type WindowState = z.infer<typeof windowState>;

/** Screen coordinates, in device-independent pixels. */
export interface Area {
  x: number;
  y: number;
  width: number;
  height: number;
}

export type WindowPlace = { width: number; height: number } & ({ x: number; y: number } | { x?: never; y?: never });

function overlap(startA: number, lengthA: number, startB: number, lengthB: number): number {
  return Math.min(startA + lengthA, startB + lengthB) - Math.max(startA, startB);
}

function clamp(value: number, min: number, max: number): number {
  return Math.max(min, Math.min(value, max));
}

/**
 * Where to open the window: as it was left, made to fit the screen it is on. Without x and y the system centres it,
 * which is what happens when its title bar would be on no screen any more (`workAreas`, the main one first).
 */
export function placeWindow(saved: WindowState | null, workAreas: readonly [Area, ...Area[]]): WindowPlace {
  const wanted = saved ?? DEFAULT_SIZE;
  const sizeOn = (area: Area) => ({
    width: clamp(wanted.width, MIN_WIDTH, Math.max(MIN_WIDTH, area.width)),
    height: clamp(wanted.height, MIN_HEIGHT, Math.max(MIN_HEIGHT, area.height)),
  });
  if (!saved) return sizeOn(workAreas[0]);
  const home = workAreas.find(
    (area) =>
      overlap(saved.x, sizeOn(area).width, area.x, area.width) >= GRIP.width &&
      saved.y >= area.y &&
      saved.y + GRIP.height <= area.y + area.height,
  );
  return home ? { ...sizeOn(home), x: saved.x, y: saved.y } : sizeOn(workAreas[0]);
}

/** Where the small window comes: in the middle of the screen, a little above it. */
export function placeQuick(area: Area): Area {
  const width = Math.min(QUICK_SIZE.width, area.width);
  const height = Math.min(QUICK_SIZE.height, area.height);
  return {
    x: Math.round(area.x + (area.width - width) / 2),
    y: Math.round(area.y + (area.height - height) / 3),
    width,
    height,
  };
}
