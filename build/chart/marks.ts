// Places of a manifest that Helm fills in. A mark stands in the object while it is made into YAML, and becomes the
// template's text afterwards, where the indentation is known. It knows nothing of any manifest.

/** Makes the lines that stand in place of the mark's own line. `key` is what stands before the colon, if anything. */
type Lines = (place: { indent: number; key: string }) => readonly string[];

/** Marks of one template. */
export class Marks {
  readonly #made: (string | Lines)[] = [];

  /** A template expression, alone or within other text. */
  value(expression: string): string {
    return this.#mark(`{{ ${expression} }}`);
  }

  /** A value of any shape that is always there, e.g. `.Values.resources`. */
  yaml(expression: string): string {
    return this.#mark(({ indent, key }) => [`${key}: {{- toYaml ${expression} | nindent ${String(indent + 2)} }}`]);
  }

  /** As `yaml`, but without its key where the value is empty. */
  optional(expression: string): string {
    return this.#mark(({ indent, key }) => [
      `{{- with ${expression} }}`,
      `${key}: {{- toYaml . | nindent ${String(indent + 2)} }}`,
      '{{- end }}',
    ]);
  }

  /** A line that is there under a condition only. */
  onlyIf(condition: string, value: string): string {
    return this.#mark(({ key }) => [`{{- if ${condition} }}`, `${key}: ${value}`, '{{- end }}']);
  }

  /** Lines in place of a list entry, or of a key that only marks the place. */
  lines(...lines: readonly string[]): string {
    return this.#mark(() => lines);
  }

  /** The finished template. */
  fill(yaml: string): string {
    return yaml
      .split('\n')
      .flatMap((line) => this.#filled(line))
      .join('\n');
  }

  #filled(line: string): readonly string[] {
    const found = /^(?<indent> *)(?<dash>- )?(?:(?<key>\S+): )?MARK-(?<number>\d+)-END$/.exec(line)?.groups;
    const whole = this.#made[Number(found?.['number'] ?? NaN)];
    if (typeof whole !== 'function') return [this.#inline(line)];
    const { indent = '', dash = '', key } = found ?? {};
    // A mark that is a whole entry takes its dash along; the first key of an entry leaves it.
    const first = key === undefined ? indent : indent + dash;
    const rest = ' '.repeat(first.length);
    return whole({ indent: first.length, key: key ?? '' }).map((text, i) => (i === 0 ? first : rest) + text);
  }

  #inline(line: string): string {
    return line.replaceAll(/MARK-(\d+)-END/g, (mark, n: string) => {
      const made = this.#made[Number(n)];
      if (typeof made !== 'string') throw new Error(`${mark} can't stand within other text: ${line}`);
      return made;
    });
  }

  #mark(made: string | Lines): string {
    this.#made.push(made);
    return `MARK-${String(this.#made.length - 1)}-END`;
  }
}
