/** A sentence of the server, which begin small as in a log, as one that stands alone. */
export function sentence(text: string): string {
  const begun = text.charAt(0).toLocaleUpperCase() + text.slice(1);
  return /[.!?…。]$/.test(begun) ? begun : `${begun}.`;
}
