// Certificates of test clusters and of servers that stand in for others, made by the issue-certs program: its library is the
// one that later checks them, and whoever can build the cluster has it, so no further dependency is needed.
import { execFile } from 'node:child_process';
import { buildPrograms } from './build.ts';
import { ISSUE_CERTS } from './programs.ts';

/** A certificate to be made; the files are `<name>.crt` and `<name>.key`. */
export interface Leaf {
  readonly name: string;
  /** Name of an authority that is in the request or in the folder already. */
  readonly authority: string;
  /** For a client this is the user's name. */
  readonly commonName: string;
  /** For a client these are the user's groups. */
  readonly organizations?: readonly string[];
  /** DNS names and addresses of a server. */
  readonly hosts?: readonly string[];
  readonly server?: boolean;
  readonly client?: boolean;
}

/** What is to be made in a folder. An authority that is there already is kept. */
export interface CertificateRequest {
  readonly dir: string;
  readonly authorities?: readonly { readonly name: string; readonly commonName: string }[];
  readonly leaves?: readonly Leaf[];
  /** Bare key pairs, as `<name>.key` and `<name>.pub`. */
  readonly keyPairs?: readonly string[];
}

/** Makes PEM files (ECDSA P-256, good for 30 days) in a folder that exists. Throws with the program's own complaint. */
export async function issueCertificates(request: CertificateRequest): Promise<void> {
  const program = (await buildPrograms([ISSUE_CERTS]))[ISSUE_CERTS.name] ?? '';
  await new Promise<void>((resolve, reject) => {
    const child = execFile(program, (error, _stdout, stderr) => {
      if (error === null) resolve();
      else reject(new Error(`Certificates could not be made: ${stderr.trim()}`, { cause: error }));
    });
    child.stdin?.end(JSON.stringify(request));
  });
}
