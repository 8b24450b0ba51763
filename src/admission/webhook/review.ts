// Webhook room: AdmissionReview in and out. Strict: what is not a review of a pod's creation is refused with the field
// and the value, because an answer to a misunderstood question would change pods.

import type { PodTemplate } from '../../mesh/adapter.ts';
import { fieldsAt, textAt } from '../../mesh/pod-parts.ts';
import type { PatchOperation } from '../patch-operation.ts';

/** A pod that is about to be created. */
export interface PodReview {
  uid: string;
  namespace: string;
  pod: PodTemplate;
}

/** The body can't be understood; the message says what to send instead. */
export class ReviewError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ReviewError';
  }
}

const apiVersion = 'admission.k8s.io/v1';

/** Reads a body. Throws a ReviewError that names field and value. */
export function readReview(body: string): PodReview {
  const review = parse(body);
  expectValue(review, 'apiVersion', apiVersion);
  expectValue(review, 'kind', 'AdmissionReview');
  const request = fieldsAt(review, 'request');
  expectValue(request, 'operation', 'CREATE', 'request.operation');
  expectValue(fieldsAt(request, 'resource'), 'resource', 'pods', 'request.resource.resource');
  expectValue(fieldsAt(request, 'resource'), 'group', '', 'request.resource.group');
  const pod = fieldsAt(request, 'object');
  if (pod === undefined) throw new ReviewError('request.object is missing; send the pod');
  return { uid: needed(request, 'uid'), namespace: needed(request, 'namespace'), pod: pod };
}

/** The answer that lets the pod pass with these changes. */
export function answerReview(uid: string, operations: readonly PatchOperation[]): string {
  const patch = { patchType: 'JSONPatch', patch: Buffer.from(JSON.stringify(operations)).toString('base64') };
  const response = { uid, allowed: true, ...(operations.length > 0 && patch) };
  return JSON.stringify({ apiVersion, kind: 'AdmissionReview', response });
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    throw new ReviewError(`the body is no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function expectValue(from: unknown, field: string, wanted: string, path = field): void {
  const value = textAt(from, field);
  if (value !== wanted)
    throw new ReviewError(`${path} is ${JSON.stringify(value ?? null)}; this webhook takes ${JSON.stringify(wanted)}`);
}

function needed(from: unknown, field: string): string {
  const value = textAt(from, field);
  if (value === undefined || value === '') throw new ReviewError(`request.${field} is missing`);
  return value;
}
