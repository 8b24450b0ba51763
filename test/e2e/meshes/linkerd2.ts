// Linkerd 2 on real nodes: its control plane's objects under their recorded names, each Deployment running the part of the
// stand-in that answers there, and the injector as a webhook called through its Service.
import { controlPlaneObjects, names, webhookConfiguration } from '../../support/linkerd2/control-plane.ts';
import type { ServingCertificate } from '../../support/certificate.ts';
import { INJECTOR_IMAGE } from '../images/node-images.ts';
import { PROGRAM_IMAGE } from '../images/program.ts';

/** Namespace of the control plane. */
export const LINKERD2_NAMESPACE: string = names.namespace;
/** The Deployment of the injector. */
export const INJECTOR: string = names.injector;

const CERTIFICATES = 'linkerd-proxy-injector-k8s-tls';

/** The name that the injector's certificate must be for. */
export const INJECTOR_HOST = `${INJECTOR}.${LINKERD2_NAMESPACE}.svc`;

/** The control plane; the webhook comes separately, once it can answer. */
export function linkerd2Objects({ caPem, certPem, keyPem }: ServingCertificate): readonly object[] {
  const data = { 'ca.crt': caPem, 'tls.crt': certPem, 'tls.key': keyPem };
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: CERTIFICATES, namespace: LINKERD2_NAMESPACE },
    stringData: data,
  };
  const objects = controlPlaneObjects({ namespace: LINKERD2_NAMESPACE, trustRootPem: caPem });
  const [first, ...rest] = objects.map((object) =>
    object.kind === 'Deployment' ? running(object as unknown as Deployment) : object,
  );
  return [...(first === undefined ? [] : [first]), secret, ...rest, ...rights(), profiles];
}

/** The injector's webhook, as recorded. */
export function injectorWebhook(caPem: string): object {
  const configuration = webhookConfiguration('', caPem, LINKERD2_NAMESPACE);
  const service = { name: INJECTOR, namespace: LINKERD2_NAMESPACE, path: '/', port: 443 };
  const webhooks = configuration['webhooks'] as readonly { readonly clientConfig: { readonly caBundle: string } }[];
  return {
    ...configuration,
    webhooks: webhooks.map((webhook) => ({ ...webhook, clientConfig: { service, caBundle: webhook.clientConfig.caBundle } })),
  };
}

interface Deployment {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly template: { readonly metadata: object; readonly spec: { readonly serviceAccountName?: string } } };
}

interface Part {
  readonly image: string;
  readonly args: readonly string[];
  readonly ready: number;
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
}

const parts: Readonly<Record<string, Part>> = {
  'linkerd-identity': { image: PROGRAM_IMAGE, args: ['app', '--listen=:8080', '--grace=0s'], ready: 8080, ports: [] },
  'linkerd-destination': { image: PROGRAM_IMAGE, args: ['destination'], ready: 8086, ports: [] },
  [INJECTOR]: { image: INJECTOR_IMAGE, args: [], ready: 9995, ports: [{ name: 'proxy-injector', containerPort: 8443 }] },
};

// The recorded Deployment with its names, labels and account, but one container of ours.
function running(deployment: Deployment): object {
  const { image, args, ready, ports } = parts[deployment.metadata.name] ?? {
    image: PROGRAM_IMAGE,
    args: ['pause'],
    ready: 0,
    ports: [],
  };
  const container = {
    name: deployment.metadata.name.replace(/^linkerd-/, ''),
    image,
    args,
    ports,
    imagePullPolicy: 'Never',
    readinessProbe: { httpGet: { path: '/ready', port: ready }, periodSeconds: 1 },
    volumeMounts: [{ name: 'certificates', mountPath: '/certificates', readOnly: true }],
  };
  const { serviceAccountName } = deployment.spec.template.spec;
  const spec = {
    serviceAccountName,
    containers: [container],
    volumes: [{ name: 'certificates', secret: { secretName: CERTIFICATES } }],
  };
  return {
    ...deployment,
    spec: { ...deployment.spec, replicas: 1, template: { metadata: deployment.spec.template.metadata, spec } },
  };
}

// The definition that the real control plane installs, without its schema: what is written there is not what is tested.
const profiles = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'serviceprofiles.linkerd.io' },
  spec: {
    group: 'linkerd.io',
    scope: 'Namespaced',
    names: { plural: 'serviceprofiles', singular: 'serviceprofile', kind: 'ServiceProfile', shortNames: ['sp'] },
    versions: [
      {
        name: 'v1alpha2',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: { spec: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
          },
        },
      },
    ],
  },
};

function rights(): readonly object[] {
  const apiVersion = 'rbac.authorization.k8s.io/v1';
  const rules = [
    {
      apiGroups: ['', 'apps', 'batch'],
      resources: ['namespaces', 'services', 'pods', 'replicasets', 'jobs'],
      verbs: ['get', 'list', 'watch'],
    },
    { apiGroups: ['gateway.networking.k8s.io'], resources: ['httproutes'], verbs: ['get', 'list', 'watch'] },
  ];
  const accounts = ['linkerd-destination', 'linkerd-proxy-injector'];
  const metadata = { name: 'linkerd-stand-in' };
  const subjects = accounts.map((name) => ({ kind: 'ServiceAccount', name, namespace: LINKERD2_NAMESPACE }));
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: metadata.name };
  return [
    { apiVersion, kind: 'ClusterRole', metadata, rules },
    { apiVersion, kind: 'ClusterRoleBinding', metadata, roleRef, subjects },
  ];
}
