// Dtab room: how much one name may cost. Dtabs come from people and names from anybody's Host header, so every evaluation is bounded.

/** Linkerd 1 stops after as many lookups below each other (Finagle's depth limit). */
export const MAX_DEPTH = 100;
/** Nodes of one tree. */
export const MAX_NODES = 10_000;
/** Characters of one tree, printed. */
export const MAX_TREE_CHARS = 4_000_000;
/** Segments and table branches that may be looked at. */
const MAX_WORK = 2_000_000;
/** Segments of one name on its way. */
const MAX_SEGMENTS = 1_000;

/** The name asks for more than a name may cost. */
export class TooMuchWork extends Error {
  override readonly name = 'TooMuchWork';
}

/** What is left for one name. */
export class Budget {
  private nodes = 0;
  private chars = 0;
  private work = 0;

  /** Another lookup of `segments` segments at `depth`. */
  lookup(depth: number, segments: number): void {
    if (depth > MAX_DEPTH) throw new TooMuchWork(`the dtab goes in circles: more than ${MAX_DEPTH} lookups below each other`);
    if (segments > MAX_SEGMENTS)
      throw new TooMuchWork(`the name grows beyond ${MAX_SEGMENTS} segments: the dtab makes it longer at every step`);
    this.spend(segments);
  }

  /** Another node, of `chars` printed characters. */
  node(chars: number): void {
    this.nodes++;
    this.chars += chars;
    if (this.nodes > MAX_NODES)
      throw new TooMuchWork(`more than ${MAX_NODES} alternatives for one name: the dtab multiplies them`);
    if (this.chars > MAX_TREE_CHARS) throw new TooMuchWork(`the answer is longer than ${MAX_TREE_CHARS} characters`);
  }

  /** Work that leaves nothing behind. */
  spend(work: number): void {
    this.work += work;
    if (this.work > MAX_WORK)
      throw new TooMuchWork('looking this name up takes too many steps: the dtab holds too many dentries that nearly match');
  }
}
