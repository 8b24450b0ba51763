/**
 * A throw-away certificate authority and one serving certificate, made in memory for a stand-in's TLS (X.509 v3, P-256, RFC 5280).
 * Only for tests: the keys live as long as the process and nothing checks revocation.
 */
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/** PEM texts of a served certificate and of the authority that clients must trust. */
export interface ServingCertificate {
  readonly caPem: string;
  readonly certPem: string;
  readonly keyPem: string;
}

/** Names and IPv4 addresses that the certificate is for, and the time it starts at; it is valid for a year. */
export interface CertificateRequest {
  readonly dnsNames: readonly string[];
  readonly addresses: readonly string[];
  readonly now: Date;
}

/** Makes an authority and a certificate signed by it. */
export function issueCertificate({ dnsNames, addresses, now }: CertificateRequest): ServingCertificate {
  const ca = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const leaf = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const name = dnsNames[0] ?? addresses[0] ?? 'stand-in';
  const validity = validFor(now);
  const constraints = extension('551d13', sequence(bool(true)), true);
  const caDer = certificate({
    subject: 'stand-in authority',
    publicKey: ca.publicKey,
    validity,
    extensions: [constraints, extension('551d0f', tlv(0x03, Buffer.from([2, 0x04])), true)],
    signer: { name: 'stand-in authority', key: ca.privateKey },
  });
  const alternatives = [
    ...dnsNames.map((dns) => tlv(0x82, Buffer.from(dns))),
    ...addresses.map((address) => tlv(0x87, Buffer.from(address.split('.').map(Number)))),
  ];
  const leafDer = certificate({
    subject: name,
    publicKey: leaf.publicKey,
    validity,
    extensions: [extension('551d11', sequence(...alternatives)), extension('551d25', sequence(objectId('2b06010505070301')))],
    signer: { name: 'stand-in authority', key: ca.privateKey },
  });
  return {
    caPem: pem(caDer),
    certPem: pem(leafDer),
    keyPem: leaf.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

interface Contents {
  readonly subject: string;
  readonly publicKey: KeyObject;
  readonly validity: Buffer;
  readonly extensions: readonly Buffer[];
  readonly signer: { readonly name: string; readonly key: KeyObject };
}

const ecdsaWithSha256 = '2a8648ce3d040302';

function certificate({ subject, publicKey, validity, extensions, signer }: Contents): Buffer {
  const algorithm = sequence(objectId(ecdsaWithSha256));
  const serial = Buffer.concat([Buffer.from([1]), randomBytes(8)]);
  const toSign = sequence(
    tlv(0xa0, tlv(0x02, Buffer.from([2]))),
    tlv(0x02, serial),
    algorithm,
    commonName(signer.name),
    validity,
    commonName(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    tlv(0xa3, sequence(...extensions)),
  );
  const signature = sign('sha256', toSign, signer.key);
  return sequence(toSign, algorithm, tlv(0x03, Buffer.concat([Buffer.from([0]), signature])));
}

function tlv(tag: number, content: Buffer): Buffer {
  const size = content.length;
  const length = size < 128 ? [size] : size < 256 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}

const sequence = (...parts: Buffer[]): Buffer => tlv(0x30, Buffer.concat(parts));
const objectId = (hex: string): Buffer => tlv(0x06, Buffer.from(hex, 'hex'));
const bool = (value: boolean): Buffer => tlv(0x01, Buffer.from([value ? 0xff : 0]));

function extension(id: string, value: Buffer, critical = false): Buffer {
  return sequence(objectId(id), ...(critical ? [bool(true)] : []), tlv(0x04, value));
}

function commonName(name: string): Buffer {
  return sequence(tlv(0x31, sequence(objectId('550403'), tlv(0x0c, Buffer.from(name)))));
}

function validFor(now: Date): Buffer {
  const day = 86_400_000;
  const time = (at: number): Buffer =>
    tlv(0x17, Buffer.from(`${new Date(at).toISOString().replaceAll(/[-:T]/g, '').slice(2, 14)}Z`));
  return sequence(time(now.getTime() - day), time(now.getTime() + 365 * day));
}

function pem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
