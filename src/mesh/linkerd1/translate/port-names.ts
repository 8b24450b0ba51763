// Translate room: names for Service ports that no dtab asks for. A port that gets the name of a dtab's port segment would make a
// name bind in Linkerd 1 that did not bind before.

import { ownPortPrefix } from '../../../core/names.ts';

/** Reserved for the entries that are made here. */
const STEM = ownPortPrefix.slice(0, -1);
const MAX_PORT_NAME = 63;

/**
 * A port name that is not among `used` and stands in none of the dtabs (which Linkerd 1 reads in lower case).
 * @param about what distinguishes it: the port's number, or `unnamed`
 */
export function freePortName(about: string, dtabs: readonly string[], used: ReadonlySet<string>): string {
  const mentioned = dtabs.map((dtab) => dtab.toLowerCase());
  const free = (name: string): boolean => !used.has(name) && !mentioned.some((dtab) => dtab.includes(name));
  let name = `${STEM}-${about}`;
  for (let i = 2; !free(name) && i < 100; i++) name = `${STEM}-${about}-${i}`.slice(0, MAX_PORT_NAME);
  return name;
}
