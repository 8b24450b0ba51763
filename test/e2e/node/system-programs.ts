// runc and iptables, which are no Go modules: Debian's packages, unpacked into the per-user cache without installing them.
// The user's system is not changed.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder } from '../../cluster/build.ts';

const run = promisify(execFile);

const PACKAGES = [
  ...['runc', 'libseccomp2', 'iptables', 'libxtables12', 'libip4tc2', 'libip6tc2'],
  ...['libnftnl11', 'libmnl0', 'libnetfilter-conntrack3', 'libnfnetlink0'],
];

/** Programs of the nodes that come from the distribution. */
export interface SystemPrograms {
  /** Path of runc. */
  readonly runc: string;
  /** Folder with iptables, iptables-save and iptables-restore and their IPv6 kin, to be put on a PATH. */
  readonly iptablesFolder: string;
  /** The unpacked packages. */
  readonly root: string;
  /** Their libraries. */
  readonly libraryFolder: string;
}

/** Unpacks the packages unless they are there. Throws the remedy on systems without apt. */
export async function systemPrograms(): Promise<SystemPrograms> {
  const folder = join(cacheFolder(), 'debian');
  const root = join(folder, process.arch);
  if (!existsSync(root)) await unpack(folder, root);
  const wrapper = join(root, 'wrapped');
  return { runc: join(wrapper, 'runc'), iptablesFolder: wrapper, root, libraryFolder: await librariesIn(root) };
}

async function librariesIn(root: string): Promise<string> {
  const [triplet = ''] = (await readdir(join(root, 'usr', 'lib'))).filter((name) => name.endsWith('-linux-gnu'));
  return join(root, 'usr', 'lib', triplet);
}

async function unpack(folder: string, root: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const making = await mkdtemp(join(folder, 'making-'));
  process.stderr.write('runc and iptables: unpacking the packages of this distribution into the cache\n');
  try {
    await run('apt-get', ['download', '-q', ...PACKAGES], { cwd: making });
    const archives = (await readdir(making)).filter((name) => name.endsWith('.deb'));
    for (const archive of archives) await run('dpkg-deb', ['-x', archive, 'root'], { cwd: making });
    await wrap(join(making, 'root'), root);
    await rename(join(making, 'root'), root);
  } catch (error) {
    // Somebody else may have been faster.
    if (!existsSync(root))
      throw new Error(`Real nodes need Debian's ${PACKAGES.join(', ')} ("apt-get update" may help).`, { cause: error });
  } finally {
    await rm(making, { recursive: true, force: true });
  }
}

// The programs find their libraries where the packages were unpacked.
async function wrap(making: string, root: string): Promise<void> {
  const libraries = (await librariesIn(making)).replace(making, root);
  const wrapped = join(making, 'wrapped');
  await mkdir(wrapped);
  const put = async (name: string, command: string): Promise<void> => {
    const lines = [
      '#!/bin/sh',
      `export LD_LIBRARY_PATH='${libraries}' XTABLES_LIBDIR='${libraries}/xtables'`,
      `exec ${command} "$@"`,
    ];
    await writeFile(join(wrapped, name), `${lines.join('\n')}\n`);
    await chmod(join(wrapped, name), 0o755);
  };
  await put('runc', `'${root}/usr/sbin/runc'`);
  for (const name of ['iptables', 'ip6tables'])
    for (const kind of ['', '-save', '-restore']) await put(name + kind, `'${root}/usr/sbin/xtables-nft-multi' ${name}${kind}`);
}
