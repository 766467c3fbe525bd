/** Figures of a benchmark and how they are shown: a table whose last column compares with the first row. */

/** What a benchmark module is given. */
export interface Report {
  /**
   * Runs `body` over and over, at least 10 times and for about a second, after a warm-up; records the median. Returns
   * it in milliseconds.
   */
  time(label: string, body: () => unknown): Promise<number>;
  /** Records a figure that was taken otherwise. Figures of one benchmark are compared, so they share a unit. */
  figure(label: string, value: number, unit: string): void;
}

/** `bench/<topic>.bench.ts` exports these two. */
export interface Benchmark {
  readonly name: string;
  run(report: Report): Promise<void> | void;
}

export interface Row {
  readonly label: string;
  readonly value: number;
  readonly unit: string;
  /** 95 of 100 runs took at most this; null for a figure. */
  readonly p95: number | null;
  readonly runs: number | null;
}

const leastRuns = 10;
const warmUpMs = 200;
const measureMs = 1_000;

/** A report that records into `rows`. `monotonic` is a clock in milliseconds. */
export function recordingReport(rows: Row[], monotonic: () => number): Report {
  return {
    async time(label, body) {
      await repeat(body, monotonic, 1, warmUpMs);
      const times = await repeat(body, monotonic, leastRuns, measureMs);
      const median = quantile(times, 0.5);
      rows.push({ label, value: median, unit: "ms", p95: quantile(times, 0.95), runs: times.length });
      return median;
    },
    figure(label, value, unit) {
      rows.push({ label, value, unit, p95: null, runs: null });
    },
  };
}

/** How long each run took, sorted. */
async function repeat(
  body: () => unknown,
  monotonic: () => number,
  least: number,
  forMs: number,
): Promise<readonly number[]> {
  const times: number[] = [];
  const begin = monotonic();
  while (times.length < least || monotonic() - begin < forMs) {
    const start = monotonic();
    await body();
    times.push(monotonic() - start);
  }
  return times.sort((a, b) => a - b);
}

/** The smallest of the sorted values that at least `part` of them do not exceed. */
export function quantile(sorted: readonly number[], part: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? Number.NaN;
}

/** The rows as aligned text; the ratio is to the first row. */
export function renderTable(rows: readonly Row[]): string {
  const first = rows[0]?.value;
  const cells = [
    ["", "median", "p95", "runs", "ratio"],
    ...rows.map((row) => [
      row.label,
      `${shown(row.value)} ${row.unit}`,
      row.p95 === null ? "" : `${shown(row.p95)} ${row.unit}`,
      row.runs === null ? "" : row.runs.toString(),
      first === undefined || first === 0 ? "" : `${shown(row.value / first)}×`,
    ]),
  ];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  return cells
    .map((row) => row.map((cell, column) => pad(cell, widths[column] ?? 0, column === 0)).join("  "))
    .map((line) => `  ${line.trimEnd()}\n`)
    .join("");
}

/** Three digits that count. */
function shown(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

function pad(cell: string, width: number, left: boolean): string {
  return left ? cell.padEnd(width) : cell.padStart(width);
}
