// The images of the e2e tier, all made of files of this machine. It starts no container.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { buildPrograms } from '../../cluster/build.ts';
import { CLUSTER_PROGRAMS, NODE_PROGRAMS, type Program } from '../../cluster/programs.ts';
import { systemPrograms } from '../node/system-programs.ts';
import { givenMeshes } from '../meshes/given.ts';
import { withLibraries, writeImage, type Image, type ImageFile } from './image.ts';

/** Everything that runs in e2e pods and is no product: one static program with roles. */
export const E2E_PROGRAM: Program = {
  name: 'program',
  moduleFolder: join(import.meta.dirname, 'program'),
  package: '.',
  coldSeconds: 15,
  ldflags: '-s -w',
  ownSources: true,
};

/** Name of the image of that program; its first argument is the role. */
export const PROGRAM_IMAGE = 'e2e.test/program:1';
/** The same image under the name that nodes know for holding a pod's namespaces. */
export const PAUSE_IMAGE = 'e2e.test/pause:1';
/** Name of the image of CoreDNS. */
export const NAMES_IMAGE = 'e2e.test/coredns:1';

/** The proxy and the init container of Linkerd 2, under the name that the injector writes. */
export const LINKERD2_IMAGE = 'cr.l5d.io/linkerd/proxy:edge-26.8.3';
/** Linkerd 1, under its own name, and the sidecar by which it reads the cluster. */
export const LINKERD1_IMAGES = ['docker.io/buoyantio/linkerd:1.7.5', 'docker.io/buoyantio/kubectl:v1.12.2'] as const;

/** Writes the archives that every node needs into a folder and returns their paths. */
export async function writeImages(folder: string): Promise<readonly string[]> {
  const binaries = await buildPrograms([...CLUSTER_PROGRAMS, ...NODE_PROGRAMS, E2E_PROGRAM]);
  const from = binaries[E2E_PROGRAM.name] ?? '';
  const program = { from, to: '/program' };
  const images: Image[] = [
    { name: PROGRAM_IMAGE, files: [program], entrypoint: ['/program'] },
    { name: PAUSE_IMAGE, files: [program], entrypoint: ['/program', 'pause'] },
    { name: NAMES_IMAGE, files: [{ from: binaries['coredns'] ?? '', to: '/coredns' }], entrypoint: ['/coredns'] },
  ];
  const given = givenMeshes();
  const meshes = given === undefined ? await meshImages(program, binaries['kubectl'] ?? '') : [];
  return [...(await Promise.all([...images, ...meshes].map((image) => writeImage(folder, image)))), ...(given?.archives ?? [])];
}

async function meshImages(program: ImageFile, kubectl: string): Promise<readonly Image[]> {
  return [
    { name: LINKERD1_IMAGES[0], files: [program], entrypoint: ['/program', 'linkerd1'] },
    { name: LINKERD1_IMAGES[1], files: [{ from: kubectl, to: '/kubectl' }], entrypoint: ['/kubectl'] },
    await linkerd2Image(program.from),
  ];
}

/** Tags of proxies of Linkerd 2 with a fault each, to be asked for by `config.linkerd.io/proxy-version`. */
export const FAULTY_PROXIES = ['crashes', 'silent', 'hangs'] as const;

/** Writes the archives of the proxies with faults into a folder and returns their paths. */
export async function writeFaultyProxies(folder: string): Promise<readonly string[]> {
  const binaries = await buildPrograms([...CLUSTER_PROGRAMS, ...NODE_PROGRAMS, E2E_PROGRAM]);
  const image = await linkerd2Image(binaries[E2E_PROGRAM.name] ?? '');
  const [name = ''] = LINKERD2_IMAGE.split(':');
  return await Promise.all(
    FAULTY_PROXIES.map((fault) =>
      writeImage(folder, { ...image, name: `${name}:${fault}`, entrypoint: [...image.entrypoint, fault] }),
    ),
  );
}

// As in the real image, the right to change a pod's network is on the files: the init container is not root.
async function linkerd2Image(program: string): Promise<Image> {
  const { root, libraryFolder } = await systemPrograms();
  const iptables = { from: join(root, 'usr', 'sbin', 'xtables-nft-multi'), to: '/usr/sbin/iptables-nft', permitted: true };
  const plugins = (await readdir(join(libraryFolder, 'xtables'))).filter((name) => name.endsWith('.so'));
  return {
    name: LINKERD2_IMAGE,
    entrypoint: ['/program', 'linkerd2'],
    files: [
      { from: program, to: '/program' },
      { from: program, to: '/usr/lib/linkerd/linkerd2-proxy-init', permitted: true },
      ...(await withLibraries(iptables, libraryFolder)),
      ...plugins.map((name) => ({
        from: join(libraryFolder, 'xtables', name),
        to: join(libraryFolder.replace(root, ''), 'xtables', name),
      })),
    ],
    permit: [program, 'permit'],
  };
}
