// Go modules whose files are used as they are, without being built. They must be on this machine before a command enters namespaces,
// from where there is no way to the module proxy.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { TOOLS } from './programs.ts';

/** The Gateway API's definitions. */
const GATEWAY_API = { module: 'sigs.k8s.io/gateway-api', pinnedIn: join(TOOLS, 'gateway-api') } as const;

/** Folder of the Gateway API's module; downloads it where it is not there yet. Throws with Go's complaint. */
export async function gatewayApiFolder(): Promise<string> {
  const env = { ...process.env, GOFLAGS: '-mod=readonly', GOTOOLCHAIN: 'local', GOWORK: 'off' };
  const { module, pinnedIn } = GATEWAY_API;
  const { stdout } = await promisify(execFile)('go', ['mod', 'download', '-json', module], { cwd: pinnedIn, env });
  return (JSON.parse(stdout) as { Dir: string }).Dir;
}
