// Policy room: what a transform does to containers, as CEL variables and a list of JSONPatch. Says the same as
// container-operations.ts and removable-env.ts; a golden corpus holds them together.

import type { EnvMatch, PodTransform } from '../../core/transform.ts';
import { any, concatenated, text, texts } from './cel.ts';
import { setting } from './intent-variables.ts';
import type { Variable } from './manifest.ts';

type List = 'containers' | 'initContainers';

const lists: readonly List[] = ['containers', 'initContainers'];

/** Variables and the list of JSONPatch for the containers of a pod; undefined when the transform leaves them alone. */
export function containerExpressions(transform: PodTransform): { variables: Variable[]; patch: string } | undefined {
  const changesEnv = transform.removeEnv.length > 0 || transform.emptyOverrideKey !== undefined;
  const named = lists.flatMap((list) => removeNamed(list, transform));
  if (!changesEnv && named.length === 0) return undefined;
  if (!changesEnv) return { variables: [], patch: concatenated(named) };
  const ports = transform.removeEnv.map((match, index) => ({ name: `ports${index}`, expression: portsExpression(match) }));
  const variables = [...ports, overridesVariable(transform), ...lists.flatMap((list) => listVariables(list, transform))];
  return { variables, patch: concatenated([...lists.map(envPatch), ...named]) };
}

function portsExpression(match: EnvMatch): string {
  const listed = setting(match.portsKey, match.ports.join());
  return `(${listed}).split(",").map(p, p.trim()).filter(p, p.matches("^[0-9]{1,5}$"))`;
}

function overridesVariable({ emptyOverrideKey }: PodTransform): Variable {
  const listed = emptyOverrideKey === undefined ? '""' : `(${setting(emptyOverrideKey, '')})`;
  const names = `${listed}.split(",").map(n, n.trim())`;
  return {
    name: 'overrides',
    expression: `[${names}].map(named, named.transformList(k, n, n != "" && named.indexOf(n) == k, n))[0]`,
  };
}

/** For each container of a list: names of what matches, indexes of what goes, references to it, and whether it is kept for their sake. */
function listVariables(list: List, transform: PodTransform): Variable[] {
  const matches = any(transform.removeEnv.map((match, index) => matchExpression(match, `variables.ports${index}`)));
  const depends = `e.?value.orValue("") in variables.${list}Matched[i].map(n, "$(" + n + ")")`;
  const mentions = 't.contains(r)';
  return [
    { name: list, expression: list === 'containers' ? 'object.spec.containers' : 'object.spec.?initContainers.orValue([])' },
    { name: `${list}Matched`, expression: `variables.${list}.map(c, c.?env.orValue([]).filter(e, ${matches}).map(e, e.name))` },
    {
      name: `${list}Gone`,
      expression: `variables.${list}.transformList(i, c, c.?env.orValue([]).transformList(j, e, (${matches}) || ${depends}, j))`,
    },
    {
      name: `${list}Kept`,
      expression: `variables.${list}.transformList(i, c, variables.${list}Gone[i].map(j, "$(" + c.env[j].name + ")").exists(r,
  c.?env.orValue([]).transformList(j, e, !(j in variables.${list}Gone[i]), e.?value.orValue("")).exists(t, ${mentions}) ||
  c.?command.orValue([]).exists(t, ${mentions}) ||
  c.?args.orValue([]).exists(t, ${mentions})))`,
    },
  ];
}

/** Whether variable `e` of container `c` matches by name and value. */
function matchExpression(match: EnvMatch, ports: string): string {
  const schemes = match.schemes.length === 0 ? '' : match.schemes.map(escapeRegExp).join('|');
  const literal = `v.matches(${text(`^(${schemes})?(${match.hostPattern}):`)} + p + "/?$")`;
  const byField = `c.env.exists(h, h.?valueFrom.?fieldRef.?fieldPath.orValue("") in ${texts(match.hostFieldPaths)} &&
    ${texts(['', ...match.schemes])}.exists(s, ["", "/"].exists(z, v == s + "$(" + h.name + "):" + p + z)))`;
  return `e.name in ${texts(match.names)} &&
  [e.?value.orValue("")].exists(v, ${ports}.exists(p, ${literal} || ${byField}))`;
}

function envPatch(list: List): string {
  const path = `"/spec/${list}/" + string(i) + "/env`;
  const replaced = `c.?env.orValue([]).transformList(j, e,
    e.name in variables.overrides && (has(e.valueFrom) && (has(e.valueFrom.configMapKeyRef) || has(e.valueFrom.secretKeyRef))),
    JSONPatch{op: "replace", path: ${path}/" + string(j), value: {"name": string(e.name), "value": ""}})`;
  const removed = `(variables.${list}Kept[i] ? [] : variables.${list}Gone[i].transformList(n, j,
    JSONPatch{op: "remove", path: ${path}/" + string(j - n)}))`;
  const hidden = `c.?envFrom.orValue([]).exists(f, has(f.configMapRef) || has(f.secretRef))`;
  // What goes in the same pass no longer hides the ConfigMap's own value.
  const stays = `c.?env.orValue([]).transformList(j, e, variables.${list}Kept[i] || !(j in variables.${list}Gone[i]), e.name)`;
  const missing = `variables.overrides.filter(o, !${stays}.exists(s, s == o))`;
  const added = `(!(${hidden}) || ${missing}.size() == 0 ? [] :
    (has(c.env) ? [] : [JSONPatch{op: "add", path: ${path}", value: []}]) +
    ${missing}.map(o, JSONPatch{op: "add", path: ${path}/-", value: {"name": o, "value": ""}}))`;
  return `variables.${list}.transformList(i, c,
  ${replaced} +
  ${removed} +
  ${added}
).flatten()`;
}

function removeNamed(list: List, transform: PodTransform): string[] {
  const names = list === 'containers' ? transform.removeContainers : transform.removeInitContainers;
  if (names.length === 0) return [];
  const containers = list === 'containers' ? 'object.spec.containers' : 'object.spec.?initContainers.orValue([])';
  return [
    `${containers}.transformList(i, c, c.name in ${texts(names)}, i)
  .transformList(n, i, JSONPatch{op: "remove", path: "/spec/${list}/" + string(i - n)})`,
  ];
}

function escapeRegExp(pattern: string): string {
  return pattern.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
