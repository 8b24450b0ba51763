// What a condition and the summary say of the first failure, so that who reads only them knows where to begin. Pure.

import type { Failure } from '../../api/v1alpha1/mesh-migration-status.ts';
import type { Standing } from './conditions.ts';

const mark = ' First of failures: ';
const longest = 300;

/** What is told beside the standing; undefined where there is nothing for a person. */
export function firstFailure({ kind }: Standing, failures: readonly Failure[]): string | undefined {
  // While it goes on, only what never comes to an end by itself is told.
  const first = kind === 'stalled' || kind === 'good' ? failures[0] : failures.find((f) => f.reason === 'NamespaceNotFound');
  if (first === undefined) return undefined;
  const { namespace, workload, reason, message, remedy } = first;
  const place = [namespace, workload].filter((part) => part !== undefined).join(' ');
  const said = namespace === undefined ? '' : `${place}: ${reason}: ${bounded(message)} `;
  return `${said}Remedy: ${bounded(remedy)}`;
}

function bounded(text: string): string {
  const cut = text.length <= longest ? text : `${text.slice(0, longest - 1).trimEnd()}…`;
  return /[.…!?]$/.test(cut) ? cut : `${cut}.`;
}

/** A condition's message with the first failure behind it. */
export function withDetail(message: string, detail: string | undefined): string {
  if (detail === undefined) return message;
  return `${/[.!?]$/.test(message) ? message : `${message}.`}${mark}${detail}`;
}

/** The message without the first failure, for whoever lists all of them below it. */
export function withoutDetail(message: string): string {
  return message.split(mark, 1)[0] ?? message;
}
