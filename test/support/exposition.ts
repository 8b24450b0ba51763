/**
 * Prometheus text as the real programs print it: families in order, each with its comment line and its samples. Parses and prints without
 * losing anything (order, number format); it knows no metric by name.
 */

/** One sample: `id` is the name with its labels exactly as printed, `raw` the number as printed. */
export interface Sample {
  readonly id: string;
  readonly raw: string;
}

/** A `# TYPE` line and the samples below it. `comment` is empty for samples without one. */
export interface Family {
  readonly comment: string;
  readonly samples: readonly Sample[];
}

/** Reads a whole exposition. A line that is neither comment nor sample is an error that names it. */
export function parseExposition(text: string): Family[] {
  const families: { comment: string; samples: Sample[] }[] = [];
  for (const line of text.split('\n')) {
    if (line === '') continue;
    if (line.startsWith('#')) families.push({ comment: line, samples: [] });
    else {
      if (families.length === 0) families.push({ comment: '', samples: [] });
      families.at(-1)!.samples.push(parseSample(line));
    }
  }
  return families;
}

/** Prints families; the inverse of `parseExposition`. */
export function printExposition(families: readonly Family[]): string {
  return families
    .flatMap(({ comment, samples }) => [...(comment === '' ? [] : [comment]), ...samples.map(({ id, raw }) => `${id} ${raw}`)])
    .map((line) => `${line}\n`)
    .join('');
}

/** Every sample of an exposition by id. */
export function samplesOf(families: readonly Family[]): Map<string, Sample> {
  return new Map(families.flatMap(({ samples }) => samples).map((sample) => [sample.id, sample]));
}

/** The metric's name in a sample's id. */
export function nameOf(id: string): string {
  return id.split('{', 1)[0] ?? id;
}

function parseSample(line: string): Sample {
  const split = line.lastIndexOf(' ');
  const raw = line.slice(split + 1);
  if (split < 1 || Number.isNaN(Number(raw)))
    throw new Error(`"${line.slice(0, 120)}" is no sample; expected "name{labels} number"`);
  return { id: line.slice(0, split), raw };
}
