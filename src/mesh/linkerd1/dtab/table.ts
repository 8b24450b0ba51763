// Dtab room: a dtab made ready for many lookups: dentries in a tree by their segments, so that a lookup costs the length of the name.

import { showAsDelegator, showPrefix } from './print.ts';
import type { ShownDentry } from './delegate-tree.ts';
import type { Path } from './path.ts';
import type { Dentry, Dtab } from './syntax.ts';

/** A dentry that matches a name. */
export interface Match {
  readonly dentry: Dentry;
  readonly shown: ShownDentry;
}

interface Branch {
  next?: Map<string, Branch>;
  any?: Branch;
  readonly here: number[];
}

/** A dtab that can be asked. */
export class DentryTable {
  private readonly root: Branch = { here: [] };
  private readonly matches: Match[] = [];

  constructor(dtab: Dtab) {
    for (const dentry of dtab) this.add(dentry);
  }

  private add(dentry: Dentry): void {
    let branch = this.root;
    for (const element of dentry.prefix) {
      if (element === null) branch = branch.any ??= { here: [] };
      else {
        const existing = (branch.next ??= new Map<string, Branch>()).get(element) ?? { here: [] };
        branch.next.set(element, existing);
        branch = existing;
      }
    }
    branch.here.push(this.matches.length);
    this.matches.push({ dentry, shown: lazyShown(dentry) });
  }

  /**
   * Dentries that match a beginning of `path`, the last one of the table first.
   * @param spend hears how many branches were visited, and may throw
   */
  lookup(path: Path, spend: (work: number) => void): readonly Match[] {
    const found: number[] = [];
    let level: Branch[] = [this.root];
    for (let depth = 0; level.length > 0; depth++) {
      spend(level.length);
      for (const branch of level) found.push(...branch.here);
      const segment = path[depth];
      if (segment === undefined) break;
      level = level.flatMap((branch) => [branch.next?.get(segment) ?? [], branch.any ?? []].flat());
    }
    found.sort((a, b) => b - a);
    return found.flatMap((index) => this.matches[index] ?? []);
  }
}

/** Shown only when a tree is built from it. */
function lazyShown(dentry: Dentry): ShownDentry {
  let shown: ShownDentry | undefined;
  const show = (): ShownDentry => (shown ??= { prefix: showPrefix(dentry.prefix), dst: showAsDelegator(dentry.dst) });
  return {
    get prefix() {
      return show().prefix;
    },
    get dst() {
      return show().dst;
    },
  };
}
