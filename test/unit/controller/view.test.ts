// A view sees what this process wrote before the watch does, and believes the watch afterwards.
import { expect } from 'chai';
import { createView } from '../../../src/controller/view.ts';
import type { Versioned } from '../../../src/controller/view.ts';
import type { KubeObject } from '../../../src/kube/object.ts';
import type { Change } from '../../../src/runtime/store.ts';
import type { Reflector } from '../../../src/runtime/reflector.ts';

class Watched {
  readonly held = new Map<string, Versioned>();
  private listener: (change: Change<Versioned>) => void = () => undefined;

  see(value: Versioned): void {
    this.held.set(value.name, value);
    this.listener({ type: 'add', key: value.name, value });
  }

  forget(value: Versioned): void {
    this.held.delete(value.name);
    this.listener({ type: 'delete', key: value.name, old: value });
  }

  reflector(): Reflector<Versioned> {
    const { held } = this;
    const reader = { get: (key: string) => held.get(key), values: () => held.values(), inNamespace: () => [] };
    const onChange = (listener: (change: Change<Versioned>) => void): (() => void) => {
      this.listener = listener;
      return () => undefined;
    };
    return { ...reader, onChange } as unknown as Reflector<Versioned>;
  }
}

const at = (resourceVersion: string, uid = 'u1'): Versioned => ({ name: 'web', uid, resourceVersion });
const object = (value: Versioned): KubeObject => ({ metadata: value });
const trim = (o: KubeObject): Versioned => ({
  name: o.metadata.name,
  uid: o.metadata.uid,
  resourceVersion: o.metadata.resourceVersion ?? '',
});

describe('a view', () => {
  it('shows the answer of our write while the watch is behind, also past nine digits', () => {
    const watched = new Watched();
    const view = createView(watched.reflector(), trim);
    watched.see(at('999999999'));
    view.wrote('web', object(at('1000000000')));
    expect(view.get('web')?.resourceVersion).to.equal('1000000000');
    watched.see(at('1000000005'));
    expect(view.get('web')?.resourceVersion).to.equal('1000000005');
  });

  it('shows what we have just created, and forgets it when the watch says that it is gone', () => {
    const watched = new Watched();
    const view = createView(watched.reflector(), trim);
    view.wrote('web', object(at('5')));
    expect(view.all().map((v) => v.name)).to.deep.equal(['web']);
    watched.see(at('5'));
    watched.forget(at('5'));
    expect(view.get('web')).to.equal(undefined);
    expect(view.all()).to.deep.equal([]);
  });

  it('believes the watch about an object that was deleted and made anew', () => {
    const watched = new Watched();
    const view = createView(watched.reflector(), trim);
    watched.see(at('5'));
    view.wrote('web', object(at('9')));
    watched.see(at('8', 'u2'));
    expect(view.get('web')?.uid).to.equal('u2');
  });
});
