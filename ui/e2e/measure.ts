/** How a figure is told, and which one of a sample. */

export function say(what: string, seen: string, budget: string): void {
  console.log(`  ${what.padEnd(58)} ${seen.padStart(22)}   budget ${budget}`);
}

/** The value below which a share of the sample is. */
export function at(sample: number[], share: number): number {
  return sample.toSorted((a, b) => a - b)[Math.min(sample.length - 1, Math.floor(sample.length * share))] ?? Number.NaN;
}
