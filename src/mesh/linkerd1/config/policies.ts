// Config room: which policy applies to a name: all blocks whose prefix matches, later ones win, field by field. Pure.

import type { Captures } from '../dtab/path-pattern.ts';
import { pathPattern, substitute } from '../dtab/path-pattern.ts';
import type { Path } from '../dtab/path.ts';
import type { ClientPolicy, PolicyBlock, RouterConfig, ServicePolicy } from './model.ts';

/** Policy for a logical name such as `/svc/ledger`. Budget and backoff of retries are merged one by one, as Linkerd 1 does. */
export function servicePolicyOf(router: RouterConfig, logicalName: Path): ServicePolicy {
  return matching(router.service, logicalName).reduce<ServicePolicy>((merged, { policy }) => {
    const retries = merged.retries || policy.retries ? { retries: { ...merged.retries, ...policy.retries } } : {};
    return { ...merged, ...policy, ...retries };
  }, {});
}

/** Policy for a bound name such as `/#/io.l5d.k8s/default/http/ledger`; captures are put into `tls.commonName`. */
export function clientPolicyOf(router: RouterConfig, boundName: Path): ClientPolicy {
  return matching(router.client, boundName).reduce<ClientPolicy>((merged, { policy, captures }) => {
    const name = policy.tls?.commonName;
    const commonName = name === undefined ? undefined : substitute(captures, name);
    const tls = policy.tls && commonName !== undefined ? { tls: { ...policy.tls, commonName } } : {};
    return { ...merged, ...policy, ...tls };
  }, {});
}

function matching<Policy>(block: PolicyBlock<Policy>, name: Path): readonly { policy: Policy; captures: Captures }[] {
  return block.configs.flatMap(({ prefix, policy }) => {
    const captures = pathPattern(prefix).match(name);
    return captures ? [{ policy, captures }] : [];
  });
}
