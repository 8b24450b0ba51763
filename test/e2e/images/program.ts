// The images of the e2e tier, all made of files of this machine. It starts no container.
import { join } from 'node:path';
import { buildPrograms } from '../../cluster/build.ts';
import { NODE_PROGRAMS, type Program } from '../../cluster/programs.ts';
import { writeImage } from './image.ts';

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

/** Writes the archives that every node needs into a folder and returns their paths. */
export async function writeImages(folder: string): Promise<readonly string[]> {
  const binaries = await buildPrograms([...NODE_PROGRAMS, E2E_PROGRAM]);
  const from = binaries[E2E_PROGRAM.name] ?? '';
  const images = [
    { name: PROGRAM_IMAGE, files: [{ from, to: '/program' }], entrypoint: ['/program'] },
    { name: PAUSE_IMAGE, files: [{ from, to: '/program' }], entrypoint: ['/program', 'pause'] },
    { name: NAMES_IMAGE, files: [{ from: binaries['coredns'] ?? '', to: '/coredns' }], entrypoint: ['/coredns'] },
  ];
  return await Promise.all(images.map((image) => writeImage(folder, image)));
}
