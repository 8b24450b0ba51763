// Findings: what preflight saw, and how far it reaches. Pure data.

/** One thing that preflight saw. */
export interface Finding {
  /** block: the namespace waits for a person; list: the workload is left alone and listed; warn: reported only. */
  severity: 'block' | 'list' | 'warn';
  /** The workload, as in Deployment/ledger; absent when it concerns the namespace or the cluster. */
  workload?: string;
  /** One CamelCase word. */
  reason: string;
  message: string;
  /** What a person can do about it. */
  remedy: string;
}
