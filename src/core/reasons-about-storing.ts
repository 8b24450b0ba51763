// Reasons about what the API server refuses to store, or could not hold, a part of the registry in reasons.ts.

/** A part of all reasons. */
export const reasonsAboutStoring = {
  RecordRefused: {
    meaning: 'The API server refused the record of a namespace, so the namespace is not begun; the others go on.',
    remedy: 'Correct on the namespace what the message names, for example a label or annotation that is too long.',
  },
  StatusRefused: {
    meaning: 'The API server refused a status of the operator, so nothing goes on there until it takes one.',
    remedy:
      'Compare the installed CRDs with the operator’s version and apply its own; where they are the same, report the message as a bug.',
  },
  TooManyWorkloads: {
    meaning: 'The namespace has more workloads than one record can keep.',
    remedy: 'Move workloads to other namespaces until there are no more than the message allows; the move goes on by itself.',
  },
} as const;
