// The ledger: which workloads carry our keys, or are about to, and with which template each was verified last. It tells
// drift from news, and a deploy from a failure. An entry is `<uid>` or `<uid>-<template>`; one with colons stands for a row
// that the status has no room for, or for a plan (plan-ahead.ts). Pure.

import type { Workload } from '../observation.ts';
import { compare } from '../order.ts';
import { uidPrefix } from '../pair.ts';

/** Fingerprint of the template that was verified last, by the first 8 characters of the workload's uid; empty before that. */
export type Ledger = ReadonlyMap<string, string>;

/** Reads a ledger as it is stored. */
export function readLedger(entries: readonly string[]): Ledger {
  const own = entries.filter((entry) => !entry.includes(':') || entry.includes(':Failed:'));
  return new Map(own.map((entry) => [entry.slice(0, uidLength), entry.includes(':') ? '' : entry.slice(uidLength + 1)]));
}

/** Writes a ledger as it is stored: sorted, so that equal ledgers are equal lists. */
export function writeLedger(ledger: Ledger, beyondRows: readonly [string, string][] = []): string[] {
  const entries = [...ledger].map(([uid, template]) => [uid, template === '' ? uid : `${uid}-${template}`] as const);
  return [...new Map([...entries, ...beyondRows]).values()].toSorted(compare);
}

/** The workload was written to, or is about to be. */
export function isInLedger(ledger: Ledger, workload: Pick<Workload, 'uid'>): boolean {
  return ledger.has(uidPrefix(workload.uid));
}

/** The template with which the workload was verified last; undefined when it never was. */
export function verifiedTemplate(ledger: Ledger, workload: Pick<Workload, 'uid'>): string | undefined {
  return ledger.get(uidPrefix(workload.uid)) || undefined;
}

const uidLength = 8;
