/** The look of the page: its own colours for light and dark, no font, picture or script from anywhere. */
interface Palette {
  readonly page: string;
  readonly card: string;
  readonly line: string;
  readonly text: string;
  readonly muted: string;
  readonly ok: string;
  readonly busy: string;
  readonly warn: string;
  readonly bad: string;
}

export const light: Palette = {
  page: "#ffffff",
  card: "#f5f7f9",
  line: "#d0d7de",
  text: "#1b1f24",
  muted: "#57606a",
  ok: "#116329",
  busy: "#0550ae",
  warn: "#7d4e00",
  bad: "#b3141e",
};

export const dark: Palette = {
  page: "#0f1419",
  card: "#1a2129",
  line: "#36404a",
  text: "#e6e9ec",
  muted: "#a3adb8",
  ok: "#57c974",
  busy: "#79b8ff",
  warn: "#e3b341",
  bad: "#ff8a80",
};

export const style = `
:root { color-scheme: light; ${variables(light)} }
@media screen and (prefers-color-scheme: dark) { :root { color-scheme: dark; ${variables(dark)} } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 90rem; padding: 1rem clamp(0.75rem, 3vw, 2rem) 3rem; background: var(--page);
  color: var(--text); font: 0.9375rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { margin: 0.5rem 0; font-size: 1.75rem; line-height: 1.2; }
h2 { margin: 2.25rem 0 0.75rem; padding-bottom: 0.25rem; border-bottom: 1px solid var(--line); font-size: 1.25rem; }
h3 { margin: 0; font-size: 1rem; }
p { margin: 0.25rem 0; }
code { font: 0.875em ui-monospace, monospace; }
a { color: var(--busy); }
nav { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; margin-top: 1rem; }
.ok { color: var(--ok); } .busy { color: var(--busy); } .warn { color: var(--warn); } .bad { color: var(--bad); }
.muted { color: var(--muted); }
.sign { display: inline-block; min-width: 1.1em; text-align: center; }
.state, time { white-space: nowrap; }
.facts { display: flex; flex-wrap: wrap; gap: 0.75rem 2.5rem; margin: 1rem 0; }
.facts dt { color: var(--muted); font-size: 0.8125rem; } .facts dd { margin: 0; }
.notice { margin: 0.5rem 0; padding: 0.5rem 0.75rem; border-left: 0.25rem solid; background: var(--card); }
.nodes { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 20rem), 1fr)); gap: 1rem; align-items: start; margin: 0; padding: 0;
  list-style: none; }
.node { padding: 0.75rem 1rem; border: 1px solid var(--line); border-radius: 0.5rem; background: var(--card); }
.node header { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0.25rem 1rem; }
.bar { display: block; width: 100%; height: 0.5rem; margin: 0.5rem 0 0.25rem; border-radius: 0.25rem; }
.bar .rest { fill: var(--line); } .bar .ok { fill: var(--ok); } .bar .warn { fill: var(--warn); } .bar .bad { fill: var(--bad); }
.small { font-size: 0.8125rem; }
.vms { margin: 0.5rem 0 0; padding: 0; list-style: none; }
.vms li { padding: 0.125rem 0; border-top: 1px solid var(--line); }
.vm { display: flex; justify-content: space-between; gap: 0.75rem; }
.table { overflow-x: auto; margin-bottom: 1.25rem; }
table { width: 100%; border-collapse: collapse; overflow-wrap: normal; }
caption { padding: 0.25rem 0; color: var(--muted); text-align: left; }
caption div { max-width: min(100%, calc(100vw - 1.5rem)); }
th, td { padding: 0.3rem 0.75rem 0.3rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
thead th { color: var(--muted); font-size: 0.8125rem; white-space: nowrap; }
.right { text-align: right; white-space: nowrap; }
.wide { min-width: 16rem; overflow-wrap: anywhere; }
ol, ul { margin: 0.25rem 0; padding-left: 1.25rem; }
pre { overflow-x: auto; padding: 0.5rem 0.75rem; background: var(--card); font: 0.8125rem/1.4 ui-monospace, monospace; }
footer { margin-top: 2.5rem; color: var(--muted); font-size: 0.8125rem; }
@media print {
  :root { font-size: 9pt; }
  body { max-width: none; padding: 0; font-size: 1rem; }
  nav { display: none; }
  .node, tr, .notice { break-inside: avoid; }
  h2, caption { break-after: avoid; }
  thead { display: table-header-group; }
  .table, pre { overflow: visible; }
  .wide { min-width: 0; }
  pre { white-space: pre-wrap; }
}
`;

function variables(palette: Palette): string {
  return Object.entries(palette)
    .map(([name, colour]) => `--${name}: ${String(colour)};`)
    .join(" ");
}
