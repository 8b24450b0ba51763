// Kube room: where an API server is and how to be let in. Data only; `credentials.ts` turns it into something that connects.
import type { User } from '@kubernetes/client-node';

/** A certificate, key or CA: PEM text (already decoded) or a file that is read again when it may have changed. */
export type PemSource = { readonly pem: string } | { readonly file: string };

/** TLS of the connection. */
export interface TlsSource {
  readonly ca?: PemSource;
  readonly clientCertificate?: PemSource;
  readonly clientKey?: PemSource;
  /** Name expected in the server's certificate when it differs from the address. */
  readonly serverName?: string;
  readonly skipVerify?: boolean;
}

/** Who we are, beside a client certificate. */
export type AuthSource =
  | { readonly type: 'none' }
  | { readonly type: 'token'; readonly token: string }
  | { readonly type: 'tokenFile'; readonly file: string }
  /** A credential plugin of a kubeconfig; its program is run when a credential is missing or over. */
  | { readonly type: 'exec'; readonly user: User };

/** Everything needed to talk to one API server. */
export interface KubeEndpoint {
  /** e.g. 'https://10.0.0.1:443', without a trailing slash; may have a path. */
  readonly server: string;
  /** Namespace of the context or of the pod, 'default' when none is named. */
  readonly namespace: string;
  readonly tls: TlsSource;
  readonly auth: AuthSource;
  /** User name to act as. */
  readonly impersonateUser?: string;
}
