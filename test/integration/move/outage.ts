// Takes things away that a move needs, and brings them back whatever happens in between. It judges nothing.
import type { Scene } from './scene.ts';

/** Plays something while Linkerd 1 runs on no node. */
export async function linkerd1Away(s: Scene, play: () => Promise<void>): Promise<void> {
  await place(s, '{"none":"such"}');
  await s.seen('Linkerd 1 runs nowhere', () => s.pods('l5d-system').length === 0);
  try {
    await play();
  } finally {
    await place(s, 'null');
    await s.seen('Linkerd 1 runs', () => s.pods('l5d-system').length > 0 && s.unserved('l5d-system').length === 0);
  }
}

async function place(s: Scene, nodeSelector: string): Promise<void> {
  const patch = `{"spec":{"template":{"spec":{"nodeSelector":${nodeSelector}}}}}`;
  await s.kubectl('patch', '-n', 'l5d-system', 'daemonset/l5d', '-p', patch);
}
