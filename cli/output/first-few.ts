const shownMax = 5;

/** `web1, web2, web3, web4, web5 and 3 more`: enough to know what is meant, and never a screenful. */
export function firstFew(names: readonly string[]): string {
  const shown = names.slice(0, shownMax).join(", ");
  return names.length > shownMax ? `${shown} and ${names.length - shownMax} more` : shown;
}
