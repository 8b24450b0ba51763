// Reasons about NetworkPolicies, a part of the registry in reasons.ts.

/** A part of all reasons. */
export const reasonsAboutNetworks = {
  NetworkPolicyClosesProxy: {
    meaning: 'A NetworkPolicy, or the proxy’s default inbound policy, closes a port that is needed.',
    remedy: 'Allow the ports, or change the policy, that the message names.',
  },
  NetworkPolicyInDoubt: {
    meaning: 'A NetworkPolicy may close a port that the proxy or the operator needs; that can’t be told for certain.',
    remedy: 'See to it that the policy, or one more, allows what the message names.',
  },
  NetworkPoliciesUnknown: {
    meaning: 'NetworkPolicies can’t be read, so whether one closes the proxy’s ports is unknown.',
    remedy: 'Let the operator list networkpolicies.',
  },
} as const;
