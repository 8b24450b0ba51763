// Conditions and the reasons that both kinds use. Imports nothing. Follows the Kubernetes API conventions and kstatus.

/**
 * One observation of the state of the object.
 */
export interface Condition {
  /** What is observed, for example Ready. @maxLength 316 */
  type: string;
  /** True, False or Unknown. */
  status: 'True' | 'False' | 'Unknown';
  /** Generation of the spec that this condition speaks of. @asType integer @format int64 @minimum 0 */
  observedGeneration?: number;
  /** When the status last changed. @format date-time */
  lastTransitionTime: string;
  /** One CamelCase word that programs can act on. @minLength 1 @maxLength 256 */
  reason: string;
  /** A sentence for people. @maxLength 8192 */
  message: string;
}
