// What the move promises, clause by clause, and the tests that hold it to each. A test is named by its title; where a title
// is made in a loop, `${…}` stands for what varies, as in the source. Data only.

/** Titles of tests by clause; `file › title` where a title alone says too little. */
export type Clauses = Readonly<Record<string, readonly string[]>>;

/** The kinds of workloads, and what is found before anything is written. */
export const workloads: Clauses = {
  'a Deployment, a StatefulSet and a DaemonSet are rolled': [
    'a Deployment, a StatefulSet and a DaemonSet are rolled, verified and committed',
  ],
  'a CronJob is switched for its next run': ['a CronJob is armed, and its next run is in the target and completes'],
  'everything else is listed with a reason and never broken': [
    'what can not be moved safely is listed with its reason and a remedy, and its pods stay',
    'Jobs never count',
  ],
  'single replica without surge, Recreate, no CPU request under an autoscaler, hostNetwork, CronJobs without native sidecar, NetworkPolicies, foreign injection, held: found in preflight':
    ['what can not be moved safely is listed with its reason and a remedy, and its pods stay'],
  'in status before anything is written': ['the list stands in the status before anything is written'],
  quota: [
    'a quota without room for the proxies is found before anything is written',
    'a quota that bounds what the proxy does not ask for is found before anything is written',
    'a namespace in which nothing could move is not held up by what refuses a pod there',
  ],
  'Pod Security': ['Pod Security that forbids the proxy blocks the namespace until it allows it'],
  'a disruption budget in the way': [
    'a disruption budget that refuses to evict it halts with the remedy, and a new retry-at goes on',
  ],
  'a namespace that the injector passes over': ['a namespace that the injector passes over is blocked'],
};

/** Preflight of the cluster. */
export const cluster: Clauses = {
  'the target’s control plane and injector are really able': [
    'with the injector down nothing starts, and when it is back the move starts by itself',
  ],
  'the source is healthy': ['with the source down nothing starts, and when it is back the move starts by itself'],
  'admission is really active': ['admission that is installed and does not act is found by a dry run'],
  'the two control planes are not in one namespace': ['two control planes in one namespace are found'],
};

/** The way forward. */
export const forward: Clauses = {
  'prepare, cutover, verification of every pod, commit, soak': [
    'a Deployment, a StatefulSet and a DaemonSet are rolled, verified and committed',
    'a namespace is watched for the soak after its commit, and a wave may say how long',
  ],
  'verification: proxy present, ready, answering, no source trace, no restarts, success': [
    'onFailure Workload: those go back, each with its reason, and the rest goes on',
  ],
  'resets on undefined ports, connection errors and per-pod skew, after waiting out the proxies’ cache': [
    'resets on undefined ports are waited for while a proxy may not know an added port, and take a workload back when they come later',
    'calls that find no connection take a workload back, with its number and remedy',
    'one pod that fails among many that do not takes its workload back, by name',
  ],
  'no caller of before is refused': ['callers that a policy of the target refuses take a workload back, with what to do'],
  'too little to judge: Wait, Proceed, Rollback, 0': [
    'too little traffic: Wait halts at its deadline, Proceed goes on and says so, Rollback goes back, and 0 asks for none',
    'a workload that speaks no HTTP is verified by the sessions that were answered',
  ],
  waves: ['one wave follows the other, and each tells when it began and ended'],
  approval: [
    'a wave that needs approval waits for advanceThrough and says so',
    'advanceThrough limits no wave without requireApproval',
  ],
  pause: [
    'paused: the workload in flight comes to its end, nothing new starts, and it goes on where it was',
    'paused: nothing more goes back but what is in flight',
  ],
  pace: ['as many namespaces are in flight as the pace says, and a wave may say otherwise'],
  'failure budget': ['beyond the failure budget nothing new starts', 'within the failure budget the next wave starts'],
  deadline: ['onFailure Namespace: the whole namespace goes back, and the workload is named with its remedy'],
  minReadySeconds: ['minReadySeconds is set where nobody owns it, with the keys, and goes with them'],
  'hold annotation': ['a held namespace is blocked, holds up neither wave nor pace, and moves when the hold is gone'],
  'gitOps.onManagedField': [
    'a key of the namespace that somebody else owns: Block blocks, PodOnly leaves the namespace alone, Takeover takes and gives back',
  ],
  'excluded namespaces': ['a selector passes over system and mesh namespaces, and a name of one is an error'],
  'the namespace carries workloads that are born later': [
    'a workload born in a committed namespace from an old manifest joins and leaves, too',
  ],
  'what was not moved stays where its template says': [
    'pods of a workload that has not been moved stay where their template says while others move',
  ],
};

/** Rollback. */
export const back: Clauses = {
  'on errors, by rollback.onFailure': [
    'onFailure Namespace: the whole namespace goes back, and the workload is named with its remedy',
    'onFailure Workload: those go back, each with its reason, and the rest goes on',
    'onFailure None: nothing is undone until a person asks',
  ],
  'on request, of everything': [
    'desiredState RolledBack: every template, every pod and every key of the namespace is what it was',
    'in mid-cutover: what is in flight is turned round, and what was not moved is left alone',
  ],
  'on request, of one namespace': [
    'one namespace goes back by the desiredState of its record, and stays there until that is taken away',
  ],
  'stuck StatefulSet pods': ['the stuck pod of an ordered StatefulSet is evicted on the way back, and no other'],
  'un-commit first, then restart what joined by its namespace alone': [
    'what joined by its namespace alone is restarted with one key, after the namespace was un-committed',
    'a full quota does not hide that new pods have left the target',
  ],
  'halt when the source is not healthy': [
    'when the source is not healthy nothing goes back into it: the namespace halts and says so',
    'a way back that finds the source away waits for it, and goes on by itself',
  ],
};

/** Transitions that are easy to forget, in the order of the design. */
export const transitions: Clauses = {
  'a wave fixes its members when it starts; a late namespace joins a later wave or is listed': [
    'a namespace that comes after its wave began joins the first later wave that matches, else it is listed and holds nothing up',
  ],
  'another UID under the name of a member starts anew': [
    'a namespace that is another one under the old name starts anew with a record of its own',
  ],
  'a namespace that is deleted': ['a namespace that is deleted in mid-move frees its place, and holds nothing up'],
  'overlap of two migrations': ['a namespace of another live migration is blocked (Overlap), and goes on when that one is gone'],
  'a record whose migration is gone is adopted': [
    'created again under the same name it adopts: templates that carry keys are verified, not written again',
    'after a move between other meshes another one waits, and both ways out that it names work',
  ],
  'a migration that is deleted': [
    'a migration that is deleted in mid-move leaves everything as it is, and takes its fence away',
    'deletionPolicy Rollback: the object stays until all is back, and then it goes',
    'deletionPolicy changed to Retain lets the object go as everything is',
  ],
  'a blocked namespace holds up neither wave nor budget and leaves the migration Stalled': [
    'a blocked namespace gives its place to the next',
    'a held namespace is blocked, holds up neither wave nor pace, and moves when the hold is gone',
  ],
  'workloads that appear in mid-cutover': ['a workload that appears in mid-cutover moves in the same try'],
  'a recreated workload is new': ['a workload that is another one under the old name is new, not Drifted'],
  'hold in mid-move': [
    'a hold on the namespace: the workload in flight ends, then it waits with its place and goes on when the hold is gone',
  ],
  'PartiallyMigrated: the cause of an exception goes': [
    'when the cause of an exception is gone that workload alone is moved, and the namespace is committed',
    'an exception that a person accepts lets the namespace be committed, and one that is held can not be accepted',
  ],
  'the end with exceptions': ['what can not be moved safely is listed with its reason and a remedy, and its pods stay'],
  'another try: changed template, retry-at, desiredState': [
    'a changed template of the workload that failed is another try',
    'a new value of retry-at is another try, and is echoed',
    'onFailure None: nothing is undone until a person asks',
  ],
  'failure in the soak': [
    'a failure in the soak un-commits the namespace first and takes everything back',
    'a failure in the soak with onFailure Workload takes that one back and leaves the others where they are',
  ],
  'Drifted before the commit': [
    'rollout undo takes the keys away: Drifted, reported, and not written again',
    'kubectl replace with the old manifest takes the keys away: Drifted',
  ],
  'after the commit the namespace carries a template without keys': [
    'after the commit a template without keys whose pods verify is verified: the namespace carries it',
  ],
  'keys that reappear after RolledBack': ['keys that come back after the rollback are Drifted, and nobody fights over them'],
  'a deploy in mid-move': [
    'a deploy is verified again and kept',
    'a deploy that still fails at the deadline halts, and nothing is undone',
  ],
  'a workload paused by a person': [
    'a workload that a person pauses until the deadline halts, and goes on when a person says so',
  ],
  'the target fails in mid-move': [
    'with the injector down old pods keep serving, deadlines stand still, and the move goes on by itself',
  ],
  'Restore: reverse wave order, no approvals': ['waves go back in reverse order, without approvals'],
  'Restore: an eviction that a budget refuses': [
    'a disruption budget that refuses to evict it halts with the remedy, and a new retry-at goes on',
  ],
  'Restore: Armed and OnDelete': [
    'desiredState RolledBack: every template, every pod and every key of the namespace is what it was',
    'OnDelete pods that were moved are listed with the pods to delete',
  ],
  'Restore: a running Job': ['a Job that runs from a moved template ends first'],
  'desiredState flipped in mid-restore': [
    'flipped in mid-restore: the workload in flight ends, then it goes forward as another try',
  ],
  'namespace keys that somebody else changed': [
    'a namespace key that somebody else changed is not overwritten: halted with its owner named',
    'a namespace key that changed before the commit is not overwritten either',
  ],
  'Armed is judged when its first pod comes, even after the end': [
    'workloads without pods are armed and hold up nothing, and their first pod is judged',
    'the first pod of an armed workload that fails after the end takes that workload back alone',
  ],
};

/** What others do meanwhile. */
export const meanwhile: Clauses = {
  'rollout undo': ['rollout undo takes the keys away: Drifted, reported, and not written again'],
  'rollout restart': ['rollout restart is verified again'],
  'kubectl replace': ['kubectl replace with the old manifest takes the keys away: Drifted'],
  'kubectl apply': ['kubectl apply of the old manifest leaves the keys', 'server-side apply of the old manifest leaves the keys'],
  scaling: ['scaling up is verified with the rest, and scaling to nothing arms the workload'],
  'a spec that is edited': ['a spec that is edited in mid-move holds from then on'],
  'API server restart': ['a restart of the API server changes nothing but the time it takes'],
  'the operator is killed in every step': [
    'in ${step}: same end, nothing done twice',
    'many times in one cutover: same end, nothing done twice',
  ],
  'the operator is replaced, or frozen past its lease': [
    'an operator that ends in good order lets the next one go on at once',
    'a leader that was frozen past its lease writes nothing when it wakes up, and ends',
  ],
};

/** Adapters, admission and the fences. */
export const around: Clauses = {
  'one contract for all adapters': ['answers for any facts, and never takes a missing answer for a healthy mesh'],
  'policies and webhook are equal on a corpus of pods, and change nothing a second time': [
    '${each.name}: ${each.why}',
    '${each.name}: a second time nothing changes',
    'change the same',
  ],
  'the fence of the operator’s token bites': ['the operator may not ${what}', 'the operator may ${what}'],
  'keyed pods without a proxy are refused where a namespace moves': [
    'with the injector down a keyed pod is refused where its namespace moves, and others are not',
  ],
  'the observer finds every mistake': ['“${name}”'],
};

/** All of them. */
export const clauses: Clauses = { ...workloads, ...cluster, ...forward, ...back, ...transitions, ...meanwhile, ...around };
