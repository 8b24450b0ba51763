// Observer: what the design says about keys, meshes and places, written down a second time on purpose: an observer that
// took these words from the product would share its mistakes.

/** Keys of the product. */
export const key = {
  to: 'meshmigration.io/to',
  from: 'meshmigration.io/from',
  cutover: 'meshmigration.io/cutover',
  restored: 'meshmigration.io/restored',
  moving: 'meshmigration.io/moving',
  accept: 'meshmigration.io/accept',
  ports: 'meshmigration.io/linkerd1-ports',
  variables: 'meshmigration.io/linkerd1-variables',
} as const;

/** Annotations of a pod template that a cutover may set and a rollback may take away. */
export const templateKeys: readonly string[] = [key.to, key.from, key.cutover, key.ports, key.variables];
/** Labels of a namespace that the operator may change. */
export const namespaceLabels: readonly string[] = [key.to, key.from, key.moving];
/** Annotations of a namespace that the operator may change. */
export const namespaceAnnotations: readonly string[] = ['linkerd.io/inject', key.ports, key.variables];

/** Container of Linkerd 2 in a pod. */
export const proxyContainer = 'linkerd-proxy';

/** Names of the variables by which applications use Linkerd 1, and what their values look like. */
export const linkerd1 = { names: /^(https?|all)_proxy$/i, value: /:(4140|4240)\/?$/ } as const;

/** Who the operator is and where it lives. */
export interface Place {
  /** User name of its token. */
  readonly user: string;
  /** Its own namespace, and the name of its Lease there. */
  readonly namespace: string;
  readonly lease: string;
  /** Namespaces of mesh control planes and others that are never touched, beside kube-*. */
  readonly excluded: readonly string[];
}

/** As the product's manifests and the stand-ins install everything. */
export const usualPlace: Place = {
  user: 'system:serviceaccount:meshmigration-system:meshmigration',
  namespace: 'meshmigration-system',
  lease: 'meshmigration',
  excluded: ['linkerd', 'l5d-system'],
};
