/** How the image of a volume is laid out. Never guessed from its content: a guest may write whatever it likes there. */
export type ImageFormat = "qcow2" | "raw";

export interface VolumeFile {
  /** Its name in the folder of its pool. */
  readonly file: string;
  readonly format: ImageFormat;
}

/** The file of a volume in a `dir` pool: its name says the format, and is qcow2 where it says none. */
export function volumeFile(volume: string): VolumeFile {
  if (volume.endsWith(".qcow2")) return { file: volume, format: "qcow2" };
  if (/\.(?:raw|img)$/.test(volume)) return { file: volume, format: "raw" };
  return { file: `${volume}.qcow2`, format: "qcow2" };
}
