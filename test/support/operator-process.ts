// The operator under test as a process of its own, with the ServiceAccount's token, so that RBAC and fences are real.
// It starts, signals and waits; what the operator does is not its business.
import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Cluster } from '../cluster/cluster.ts';
import { atEnd } from '../cluster/ending.ts';
import { usualPlace } from './observer/keys.ts';
import { shippedProcess } from './shipped-process.ts';

/** How it is started. */
export interface OperatorOptions {
  /** Its name in the election; a process started under the name of a killed one takes its Lease over at once. */
  readonly identity?: string;
  readonly logLevel?: 'error' | 'warn' | 'info' | 'debug';
  /** More arguments. */
  readonly args?: readonly string[];
}

/** One line of its log. */
export type LogLine = Readonly<Record<string, unknown>>;

/** A running operator. */
export interface OperatorProcess {
  readonly pid: number;
  /** Everything that it has written, for people. */
  readonly logFile: string;
  /** Its log lines so far; what is no JSON stands under `text`. */
  readonly log: readonly LogLine[];
  /** The first line with this message, perhaps one to come. Rejects when the process ends before. */
  said(message: string): Promise<LogLine>;
  /** Sends a signal: SIGSTOP and SIGCONT freeze and thaw it. */
  signal(signal: NodeJS.Signals): void;
  /** Kills it without warning and resolves when it is gone. */
  kill(): Promise<void>;
  /** Asks it to end (SIGTERM) and answers with its exit code. */
  stop(): Promise<number>;
  /** The exit code, or 128 and more for a signal. */
  readonly ended: Promise<number>;
}

const mainFile = join(import.meta.dirname, '../../src/main.ts');
let processes = 0;

/** Starts the operator on a cluster that holds its ServiceAccount, and resolves when it leads. Throws with its last words. */
export async function startOperator(cluster: Cluster, options: OperatorOptions = {}): Promise<OperatorProcess> {
  const operator = await launchOperator(cluster, options);
  await operator.said('became leader');
  return operator;
}

/** As `startOperator`, but does not wait: it may have to stand behind another leader. */
export async function launchOperator(cluster: Cluster, options: OperatorOptions = {}): Promise<OperatorProcess> {
  const kubeconfig = await cluster.serviceAccountKubeconfig(usualPlace.namespace, 'meshmigration');
  const logFile = join(cluster.dir, 'logs', `operator-${(processes += 1)}.log`);
  const { nodeFlags, variables } = shippedProcess();
  const args = [
    ...nodeFlags,
    ...[mainFile, '--kubeconfig', kubeconfig, '--namespace', usualPlace.namespace],
    ...['--identity', options.identity ?? 'operator-under-test', '--metrics-address', '127.0.0.1:0'],
    ...['--log-level', options.logLevel ?? 'info', ...(options.args ?? [])],
  ];
  const tie = cluster.binaries['own-netns'] ?? '';
  const env = { ...process.env, ...variables };
  const child = spawn(tie, ['tied', process.execPath, ...args], { stdio: ['ignore', 'pipe', 'pipe'], env });
  const forget = atEnd(() => void child.kill('SIGKILL'));
  const file = createWriteStream(logFile);
  const record = new Recorder();
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      file.write(`${line}\n`);
      record.take(line);
    });
  }
  const ended = new Promise<number>((resolve) => {
    child.once('close', (code, signal) => {
      forget();
      file.end();
      record.close(`the operator ended (${signal ?? `exit code ${String(code)}`}); see ${logFile}`);
      resolve(code ?? 128);
    });
  });
  const signal = (name: NodeJS.Signals): void => void child.kill(name);
  return {
    pid: child.pid ?? 0,
    logFile,
    log: record.lines,
    said: (message) => record.said(message),
    signal,
    ended,
    kill: async () => {
      signal('SIGKILL');
      await ended;
    },
    stop: () => {
      signal('SIGTERM');
      return ended;
    },
  };
}

class Recorder {
  readonly lines: LogLine[] = [];
  readonly #waiting = new Set<{ message: string; resolve: (line: LogLine) => void; reject: (error: Error) => void }>();
  #end: Error | undefined;

  take(line: string): void {
    const parsed = parse(line);
    this.lines.push(parsed);
    for (const waiter of this.#waiting) {
      if (parsed['msg'] !== waiter.message) continue;
      this.#waiting.delete(waiter);
      waiter.resolve(parsed);
    }
  }

  said(message: string): Promise<LogLine> {
    const found = this.lines.find((line) => line['msg'] === message);
    if (found !== undefined) return Promise.resolve(found);
    if (this.#end !== undefined) return Promise.reject(this.#end);
    return new Promise((resolve, reject) => this.#waiting.add({ message, resolve, reject }));
  }

  close(how: string): void {
    const last = this.lines.slice(-5).map((line) => JSON.stringify(line));
    this.#end = new Error(`${how}\n${last.join('\n')}`);
    for (const { reject } of this.#waiting) reject(this.#end);
    this.#waiting.clear();
  }
}

function parse(line: string): LogLine {
  try {
    return JSON.parse(line) as LogLine;
  } catch {
    return { text: line };
  }
}
