// Makes container images of files of this machine, without a registry and without Docker: an archive of manifest.json, a
// configuration and one layer. It loads them nowhere.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, copyFile, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What an image is made of. */
export interface Image {
  /** Name with tag, as pods refer to it. */
  readonly name: string;
  readonly files: readonly ImageFile[];
  readonly entrypoint: readonly string[];
  /** `uid:gid`; root when not given. */
  readonly user?: string;
  /** `NAME=value` each. */
  readonly env?: readonly string[];
  /** Command that marks its arguments as permitted. */
  readonly permit?: readonly string[];
}

/** A file of this machine, and its absolute path in the image. */
export interface ImageFile {
  readonly from: string;
  readonly to: string;
  /** Whether it may change a pod's network though its user is not root; needs a program that says so, see `permit`. */
  readonly permitted?: boolean;
}

/** A program of this machine with the libraries that its loader would find for it. */
export async function withLibraries(file: ImageFile, libraryFolder?: string): Promise<ImageFile[]> {
  const env = { ...process.env, ...(libraryFolder === undefined ? {} : { LD_LIBRARY_PATH: libraryFolder }) };
  const { stdout } = await run('ldd', [file.from], { env });
  const found = [...stdout.matchAll(/^\s*(?:(\S+) => )?(\/\S+) \(0x/gm)];
  return [file, ...found.map(([, name, path = '']) => ({ from: path, to: name === undefined ? path : `/lib/${name}` }))];
}

// One time for all files, so that equal files make equal images.
const MADE = '2026-01-01T00:00:00Z';
const ARCHITECTURE: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };

/** Writes the archive of an image into a folder and returns its path, ready for `ctr image import`. */
export async function writeImage(folder: string, image: Image): Promise<string> {
  const making = await mkdtemp(join(folder, 'image-'));
  try {
    await mkdir(join(making, 'parts'));
    const layer = join(making, 'parts', 'layer.tar');
    await writeLayer(join(making, 'files'), layer, image);
    const diff = `sha256:${await digestOf(layer)}`;
    await writeFile(join(making, 'parts', 'config.json'), JSON.stringify(configOf(image, diff)));
    const manifest = [{ Config: 'config.json', RepoTags: [image.name], Layers: ['layer.tar'] }];
    await writeFile(join(making, 'parts', 'manifest.json'), JSON.stringify(manifest));
    const archive = join(folder, `${image.name.replace(/[^a-z0-9.-]/g, '_')}.tar`);
    await tar(join(making, 'parts'), `${archive}.new`);
    await rename(`${archive}.new`, archive);
    return archive;
  } finally {
    await rm(making, { recursive: true, force: true });
  }
}

async function writeLayer(root: string, layer: string, { files, permit = [] }: Image): Promise<void> {
  // Programs expect a place for temporary files.
  await mkdir(join(root, 'tmp'), { recursive: true });
  await chmod(join(root, 'tmp'), 0o1777);
  for (const { from, to } of files) {
    await mkdir(dirname(join(root, to)), { recursive: true });
    await copyFile(from, join(root, to));
  }
  const permitted = files.filter((file) => file.permitted === true).map(({ to }) => join(root, to));
  const [program, ...args] = permit;
  if (program !== undefined) await run(program, [...args, ...permitted]);
  await tar(root, layer);
}

async function tar(folder: string, file: string): Promise<void> {
  const same = [
    '--sort=name',
    `--mtime=${MADE}`,
    '--owner=0',
    '--group=0',
    '--numeric-owner',
    '--xattrs',
    '--xattrs-include=security.*',
  ];
  await run('tar', [...same, '-C', folder, '-cf', file, '.']);
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

function configOf(image: Image, diff: string): object {
  return {
    created: MADE,
    architecture: ARCHITECTURE[process.arch] ?? process.arch,
    os: 'linux',
    config: {
      Entrypoint: image.entrypoint,
      User: image.user ?? '',
      Env: ['PATH=/usr/sbin:/usr/bin:/sbin:/bin', ...(image.env ?? [])],
    },
    rootfs: { type: 'layers', diff_ids: [diff] },
    history: [{ created: MADE, created_by: 'files of this machine' }],
  };
}
