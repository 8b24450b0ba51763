// How a person gets into the namespace of a running cluster. It starts and stops nothing.
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** The script that `make cluster` and `make demo` leave for the user, in the checkout. */
export const ENTER = join(import.meta.dirname, '..', '..', '.cache', 'enter');

/** What is needed to enter. */
export interface Entry {
  /** Path of the kubeconfig to use. */
  readonly kubeconfig: string;
  /** Path of the kubectl to use; the PATH's when not given. */
  readonly kubectl?: string;
  /** OWN_NETNS_PID of a process inside, undefined where the cluster has no namespace of its own. */
  readonly outerPid: string | undefined;
  /** Flags of nsenter that name the namespaces; users and network when not given. */
  readonly namespaces?: string;
}

const WITHOUT_ROOT = '--user --net --preserve-credentials';

/**
 * Writes a script that runs its arguments, or a shell, in the namespace of a cluster, with kubectl on the PATH and KUBECONFIG
 * set, and returns how to use it, for people.
 */
export async function writeEnterScript(path: string, entry: Entry): Promise<string> {
  const lines = ['#!/bin/sh', '# Runs a command, or a shell, where the test cluster is reachable.', 'set -e'];
  if (entry.kubectl !== undefined) lines.push(`export PATH='${dirname(entry.kubectl)}':"$PATH"`);
  lines.push(`export KUBECONFIG='${entry.kubeconfig}'`);
  lines.push('[ $# -gt 0 ] || set -- "${SHELL:-/bin/sh}"');
  if (entry.outerPid === undefined) lines.push('exec "$@"');
  else lines.push(...enterLines(entry.outerPid, entry.namespaces ?? WITHOUT_ROOT));
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `${lines.join('\n')}\n`);
  await chmod(path, 0o755);
  return [
    `Enter with:   ${path}`,
    `One command:  ${path} kubectl get pods -A`,
    ...(entry.outerPid === undefined
      ? []
      : [
          `By hand:      ${byHand(entry.outerPid, entry.namespaces ?? WITHOUT_ROOT)}`,
          `              KUBECONFIG is ${entry.kubeconfig}`,
        ]),
  ].join('\n');
}

// The first process inside is the only child of the program that made the namespaces.
const children = (pid: string): string => `cat /proc/${pid}/task/*/children`;

function enterLines(pid: string, namespaces: string): string[] {
  return [
    `target=$(${children(pid)} 2>/dev/null) || target=`,
    `[ -n "$target" ] || { echo 'The test cluster no longer runs; start it with: make cluster' >&2; exit 1; }`,
    `exec nsenter ${namespaces} -t $target "$@"`,
  ];
}

const byHand = (pid: string, namespaces: string): string => `nsenter ${namespaces} -t $(${children(pid)}) bash`;
