// A question that could not be answered, said in one sentence with its remedy. Turns errors of the API server into such.

import { isKubeError } from '../kube/kube-error.ts';

/** Exit codes of every command. */
export const exitCodes = {
  /** Answered, and nothing needs a person. */
  good: 0,
  /** Answered, and something needs a person. */
  attention: 1,
  /** Not answered: bad input, no cluster, nothing of that name. */
  unanswered: 2,
} as const;

/** Ends a command; the message is a sentence for people. */
export class CommandFailure extends Error {
  /** Exit code; `unanswered` unless said otherwise. */
  readonly code: number;

  constructor(message: string, options: ErrorOptions & { readonly code?: number } = {}) {
    super(message, options);
    this.name = 'CommandFailure';
    this.code = options.code ?? exitCodes.unanswered;
  }
}

/** What went wrong while the API server at `server` was asked for the objects of this product. */
export function explained(error: unknown, server: string): CommandFailure {
  if (error instanceof CommandFailure) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new CommandFailure(sentence(error, message, server), { cause: error });
}

function sentence(error: unknown, message: string, server: string): string {
  if (!isKubeError(error)) return message;
  switch (error.kind) {
    case 'unreachable':
    case 'timeout':
      return `No Kubernetes API server answers at ${server}: start the cluster, or choose another with --kubeconfig or --context.`;
    case 'notFound':
      return `The cluster at ${server} does not know MeshMigrations: install the operator there, its definitions (crds/) first.`;
    case 'unauthorized':
      return `The API server at ${server} does not accept your credentials: log in again, or choose others with --kubeconfig or --context.`;
    case 'forbidden':
      return `The API server at ${server} refuses: ${message}; ask for the right to get, list and watch meshmigrations and namespacemigrations.`;
    default:
      return `The API server at ${server} could not answer: ${message}; try again.`;
  }
}
