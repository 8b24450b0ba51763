// Kubernetes manifests on disk as plain objects: single files, and kustomizations that only list resources. It renders
// nothing itself; `kubectl kustomize` is what users run, and a test compares.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { projectRoot } from './generated-files.ts';

/** A Kubernetes object, or a part of one, as YAML gives it. */
export interface Part {
  [key: string]: unknown;
}

/** A Kubernetes object. */
export interface KubernetesObject extends Part {
  apiVersion: string;
  kind: string;
  metadata: Part & { name: string; namespace?: string; labels?: Part; annotations?: Part };
}

/** Objects of a file. @param path from the top folder */
export function objectsOf(path: string): KubernetesObject[] {
  const documents = parseAllDocuments(readFileSync(join(projectRoot, path), 'utf8'));
  if ('empty' in documents) return [];
  return documents.map((document) => {
    if (document.errors.length > 0) throw new Error(`${path}: ${document.errors.map(({ message }) => message).join('; ')}`);
    return document.toJS() as KubernetesObject;
  });
}

/**
 * Objects of a folder with a kustomization, in its order. Throws when the kustomization does anything but list resources.
 * @param folder from the top folder
 */
export function kustomized(folder: string): KubernetesObject[] {
  const path = join(folder, 'kustomization.yaml');
  const { apiVersion, kind, resources, ...others } = parse(readFileSync(join(projectRoot, path), 'utf8')) as Part;
  if (Object.keys(others).length > 0)
    throw new Error(
      `${path}: ${Object.keys(others).join(', ')} of ${String(kind)} (${String(apiVersion)}) is not understood here`,
    );
  return (resources as string[]).flatMap((resource) => {
    const inside = join(folder, resource);
    return existsSync(join(projectRoot, inside, 'kustomization.yaml')) ? kustomized(inside) : objectsOf(inside);
  });
}
