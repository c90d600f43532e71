/** Titles that tell datasets apart. */

/** The same datasets; where some have one title, each of them has its id behind it. */
export function distinct<T extends { id: string; title: string }>(datasets: readonly T[]): T[] {
  const times = new Map<string, number>();
  for (const { title } of datasets) times.set(title, (times.get(title) ?? 0) + 1);
  return datasets.map((dataset) => {
    const { id, title } = dataset;
    return times.get(title) === 1 || title === id ? dataset : { ...dataset, title: `${title} (${id})` };
  });
}
