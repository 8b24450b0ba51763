// Config room, front door: the text of a linkerd.yaml, or the answer of /config.json, to a typed model and every mistake in it.

import { buildModel } from './build-model.ts';
import { Checker } from './check.ts';
import type { ConfigFinding, Severity } from './finding.ts';
import { lintDtab } from './lint-path.ts';
import type { Located, LocatedMap } from './located.ts';
import { locate } from './located.ts';
import type { LinkerdConfig } from './model.ts';
import { usesOwnNamers } from './router-names.ts';
import type { Surroundings } from './rules.ts';
import { applyRules } from './rules.ts';
import { LINKER, ROUTER } from './schema-top.ts';

/** What was read. */
export interface ConfigReading {
  /** What could be read; absent when the text is no configuration. With `refused` findings it is what Linkerd 1 would have started with. */
  readonly config?: LinkerdConfig;
  /** In the order of the text. */
  readonly findings: readonly ConfigFinding[];
}

/** Reads a configuration, or a part of a router as people quote it. Never throws; bounded in time and memory. */
export function readLinkerdConfig(text: string, surroundings: Surroundings = {}): ConfigReading {
  const located = locate(text);
  if (!located.ok) return { findings: [located.finding] };
  const top = located.value;
  if (top.kind !== 'map') return { findings: [notAMap(top)] };
  const checker = new Checker();
  const fragment = isFragment(top);
  const document = fragment ? asRouter(top, checker) : checker.check(LINKER, top, '');
  const config = buildModel(document as Readonly<Record<string, unknown>>);
  if (!fragment) applyRules(config, checker, surroundings);
  const seenNamers = fragment ? undefined : config.namers.map((namer) => namer.prefix);
  for (const dtab of checker.dtabs) addDtabFindings(checker, dtab, usesNamersOf(config, dtab.path) ? seenNamers : undefined);
  return { config, findings: checker.findings.toSorted(inTextOrder) };
}

/** Whether Linkerd 1 runs with it: nothing is unreadable, refused or failing. */
export function isSound(findings: readonly ConfigFinding[]): boolean {
  const bad: readonly Severity[] = ['unreadable', 'refused', 'fails'];
  return !findings.some((finding) => bad.includes(finding.severity));
}

function inTextOrder(a: ConfigFinding, b: ConfigFinding): number {
  return a.place.line - b.place.line || a.place.column - b.place.column;
}

function notAMap(top: Located): ConfigFinding {
  const message = `the document is ${top.kind === 'list' ? 'a list' : 'a single value'}, not a map with routers.`;
  return { severity: 'unreadable', path: '', place: top.place, value: '', message };
}

/** People quote parts: `service:` and `client:` of a router without the router around them. */
function isFragment(top: LocatedMap): boolean {
  const keys = top.entries.map((entry) => entry.key);
  return !keys.includes('routers') && keys.some((key) => ROUTER.shared.has(key)) && !keys.some((key) => LINKER.fields.has(key));
}

function asRouter(top: LocatedMap, checker: Checker): Readonly<Record<string, unknown>> {
  const [first] = top.entries;
  const at = { path: '', place: first?.keyPlace ?? top.place, value: first?.key ?? '' };
  checker.add(
    'refused',
    at,
    'this is a part of a router, not a whole configuration; Linkerd 1 does not start with it',
    `${at.value} under routers[]`,
  );
  const fields = new Map([...ROUTER.shared, ...(ROUTER.kinds.get('http')?.fields ?? [])]);
  const router = checker.map(top, '', { what: 'router', fields, required: [] });
  return { routers: [{ protocol: 'http', ...(router as object) }] };
}

/** With namerd or a mesh interpreter, namers of this document are not used. */
function usesNamersOf(config: LinkerdConfig, path: string): boolean {
  const index = Number(/^routers\[(\d+)\]/.exec(path)?.[1] ?? -1);
  return usesOwnNamers(config.routers[index]?.interpreter.kind ?? 'default');
}

function addDtabFindings(checker: Checker, dtab: Checker['dtabs'][number], namers: readonly string[] | undefined): void {
  for (const complaint of lintDtab(dtab.text, namers)) {
    const at = { path: dtab.path, place: dtab.scalar.inside(complaint.line, complaint.column), value: complaint.value };
    checker.add(complaint.refused ? 'refused' : 'noEffect', at, complaint.message, complaint.suggestion);
  }
}

/** The findings of a dtab that stands alone, in a file of its own. */
export function readDtabFile(text: string): readonly ConfigFinding[] {
  return lintDtab(text, undefined).map((complaint) => ({
    severity: complaint.refused ? 'refused' : 'noEffect',
    path: '',
    place: { line: complaint.line, column: complaint.column },
    value: complaint.value,
    message: `${complaint.message}.`,
    suggestion: complaint.suggestion,
  }));
}
