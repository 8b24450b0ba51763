// Words about a namespace that stays in the source because its own record says so. Pure.

/** Which field keeps it back, and how to let it move. */
export function keptBackBy(namespace: string): { message: string; remedy: string } {
  const patch = JSON.stringify({ spec: { desiredState: null } });
  return {
    message: `desiredState: RolledBack is set on NamespaceMigration ${namespace}, so it stays in the source mesh`,
    remedy: `To move it: kubectl patch namespacemigration ${namespace} --type merge -p '${patch}'`,
  };
}
