/** A file of the embedded store is not as it was written. Nothing was changed; a human decides. */
export class StoreDamagedError extends Error {
  readonly file: string;
  readonly offset: number;

  constructor(
    file: string,
    offset: number,
    what: string,
    options: ErrorOptions & { readonly lastLog?: boolean } = {},
  ) {
    super(
      `the embedded store is damaged: ${file}, byte ${offset}: ${what}. ${advice(file, offset, options.lastLog)}`,
      options,
    );
    this.name = "StoreDamagedError";
    this.file = file;
    this.offset = offset;
  }
}

function advice(file: string, offset: number, lastLog = false): string {
  const keep = "Nothing was changed. Keep a copy of the folder, then put back a backup of all of it";
  if (!lastLog) return `${keep}.`;
  return `${keep}; or give up everything written from that byte on: truncate -s ${offset} '${file}'`;
}
